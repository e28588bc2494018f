import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { runProgram } from '../../../runner/cli/program';
import { score } from '../../../runner/cli/score';
import { chexpertClasses } from '../../../runner/metrics';
import { temporaryFolder } from '../data/fixture';

async function medpeft(text: string, ...words: string[]) {
  const file = path.join(temporaryFolder(), 'p.jsonl');
  writeFileSync(file, text);
  let out = '';
  let log = '';
  const code = await runProgram([score], '0', ['score', file, ...words], {
    result: (line) => (out += line),
    log: (line) => (log += line),
  });
  return { code, out, log };
}

const lines = [
  { id: 1, prediction: 'Yes.', reference: 'yes', answer_type: 'CLOSED' },
  { id: 2, prediction: 'no', reference: 'yes', answer_type: 'closed' },
  { id: 3, prediction: 'left lung', reference: ['lung', 'the left lung'], answer_type: 'open' },
  { id: 4, prediction: 'x', reference: 'x', answer_type: null },
].map((line) => JSON.stringify(line));

it('scores lines of any origin, byte order mark, blank lines and Windows line ends included', async () => {
  const text = `\uFEFF${lines.join('\r\n\r\n')}\r\n`;
  const { code, out } = await medpeft(text, '--metrics', 'exact_match, closed_accuracy,open_f1', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    n: 4,
    metrics: { exact_match: 0.75, closed_accuracy: 0.5, open_f1: 1 },
    details: { closed_accuracy: { n: 2 }, open_f1: { n: 1 } },
  });
});

it('as text, with n and interval, all metrics by default', async () => {
  const { out } = await medpeft(lines.slice(0, 2).join('\n'));
  expect(out).toMatch(/^2 predictions\nexact_match +0\.5000 {2}\[0\.\d{4}, 0\.\d{4}\] {2}n = 2$/m);
  expect(out).toMatch(/open_f1 +applies to no line/);
  // names and values apart, in columns, however long a name is
  const places = out
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => /^\w+ {2,}/.exec(line)?.[0].length);
  expect(new Set(places).size).toBe(1);
  expect(places[0]).toBeGreaterThan('meteor_exact_stem_delta_half'.length);
});

it('groups by any field of the line or of its record, the largest group first', async () => {
  const organs = ['CHEST', 'HEAD', 'CHEST'].map((organ, i) =>
    JSON.stringify({ id: i, prediction: 'yes', reference: i === 2 ? 'no' : 'yes', fields: { organ } }),
  );
  const { out } = await medpeft(organs.join('\n'), '--metrics', 'exact_match', '--by', 'organ', '--json');
  expect(JSON.parse(out).by.organ).toMatchObject([
    { value: 'CHEST', n: 2, metrics: { exact_match: 0.5 } },
    { value: 'HEAD', n: 1, metrics: { exact_match: 1 } },
  ]);
  const { code, log } = await medpeft(organs.join('\n'), '--by', 'orgam');
  expect(code).toBe(2);
  expect(log).toMatch(/no line has this field.*organ/s);
});

it('judges against candidates of a file, and labels of two others', async () => {
  const folder = temporaryFolder();
  const file = (name: string, text: string) => {
    writeFileSync(path.join(folder, name), text);
    return path.join(folder, name);
  };
  const line = JSON.stringify({ id: 7, prediction: 'in the left lung', reference: 'left lung', answer_type: 'open' });
  const candidates = file('candidates.txt', 'heart\nleft lung\r\n\nleft lung base\n');
  const chosen = await medpeft(line, '--metrics', 'llava_med_open_accuracy', '--candidates', candidates, '--json');
  expect(JSON.parse(chosen.out).metrics).toEqual({ llava_med_open_accuracy: 1 });

  const head = chexpertClasses.join(',');
  const wanted = file('wanted.csv', `id,${head}\n7,1.0,${',-1'.repeat(12)}\n`);
  const found = file('found.csv', `${head}\n1,1${',0'.repeat(12)}\n`);
  const labels = ['--reference-labels', wanted, '--prediction-labels', found];
  const labelled = await medpeft(line, '--metrics', 'chexpert_f1_micro_5', ...labels, '--json');
  expect(labelled.log).toBe('');
  expect(JSON.parse(labelled.out).metrics.chexpert_f1_micro_5).toBeCloseTo(2 / 3, 12);
  expect((await medpeft(line, '--reference-labels', wanted)).code).toBe(2);
  expect((await medpeft(line, ...labels.slice(0, 3), candidates)).log).toMatch(/MP2004 .*no column Atelectasis/);
  const other = file('other.csv', `id,${head}\n8${',0'.repeat(14)}\n`);
  expect((await medpeft(line, ...labels.slice(0, 3), other)).log).toMatch(/no row with the id 7/);
  const odd = file('odd.csv', `${head}\n2${',0'.repeat(13)}\n`);
  expect((await medpeft(line, ...labels.slice(0, 3), odd)).log).toMatch(/"2" is no label of Atelectasis/);
});

it.each<[string, string[], number, RegExp]>([
  ['{"prediction": "a"', [], 1, /MP2002 .*p\.jsonl:1 is not valid JSON/],
  [`${lines[0]}\n{"prediction": 3, "reference": "a"}`, [], 1, /MP2004 .*p\.jsonl:2: prediction is not a text/],
  ['{"prediction": "a", "reference": []}', [], 1, /MP2004 .*reference is neither/],
  ['{"prediction": "a", "reference": "a", "answer_type": "both"}', [], 1, /MP2004 .*answer_type/],
  ['null', [], 1, /MP2004/],
  ['\n', [], 1, /MP2005 .*holds no prediction/],
  [lines[0]!, ['--metrics', 'meteor_1_5'], 1, /MP1106 metric "meteor_1_5"/],
])('%j %j ends with %i', async (text, words, expected, says) => {
  const { code, out, log } = await medpeft(text, ...words);
  expect([code, out]).toEqual([expected, '']);
  expect(log).toMatch(says);
});
