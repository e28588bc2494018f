import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { runProgram } from '../../../runner/cli/program';
import { score } from '../../../runner/cli/score';
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
