import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { compare } from '../../../runner/cli/compare';
import { runProgram } from '../../../runner/cli/program';
import { temporaryFolder } from '../data/fixture';
import { rightUpTo, writeToyRuns } from '../reports/fixture';

async function medpeft(...words: string[]) {
  let out = '';
  let log = '';
  const code = await runProgram([compare], '0', ['compare', ...words], {
    result: (text) => (out += text),
    log: (text) => (log += text),
  });
  return { code, out, log };
}

async function runs(specFile?: string): Promise<string> {
  const { dir, remove } = await writeToyRuns([
    { method: 'base', trainable: 0, answers: rightUpTo(20), specFile },
    { method: 'lora', trainable: 500, answers: rightUpTo(45), specFile },
  ]);
  onTestFinished(remove);
  return dir;
}

it('prints the table, writes each format that is asked for, and with --json one object', async () => {
  const dir = await runs();
  const files = ['csv', 'markdown', 'latex', 'html', 'svg'].map(
    (kind) => [kind, path.join(dir, `table.${kind}`)] as const,
  );
  const { code, out, log } = await medpeft(dir, ...files.flatMap(([kind, file]) => [`--${kind}`, file]));
  expect([code, out.split('\n')[0]]).toEqual([0, 'tiny on vqa']);
  for (const [, file] of files) {
    expect(log).toContain(`wrote ${file}`);
    expect(readFileSync(file, 'utf8')).toContain(file.endsWith('svg') ? '<svg' : 'lora');
  }
  const json = await medpeft(dir, '--json', '--reference', 'lora', '--correction', 'none');
  expect(JSON.parse(json.out).sections[0]).toMatchObject({ reference: 'lora', correction: 'none' });
});

it("takes reference and correction from the runs' spec, unless it is gone", async () => {
  const specFile = path.join(temporaryFolder(), 's.medpeft.json');
  writeFileSync(specFile, '{ "version": 1, "compare": { "reference": "lora", "correction": "none" } }');
  const dir = await runs(specFile);
  const section = async (...words: string[]) => JSON.parse((await medpeft(dir, '--json', ...words)).out).sections[0];
  expect(await section()).toMatchObject({ reference: 'lora', correction: 'none' });
  expect(await section('--reference', 'base')).toMatchObject({ reference: 'base', correction: 'none' });
  rmSync(specFile);
  expect(await section()).toMatchObject({ reference: 'base', correction: 'holm' });
});

it('sorts, groups, filters and shows what differs, as asked', async () => {
  const dir = await runs();
  const names = (text: string) => [...text.matchAll(/^(base|lora) .*min/gm)].map(([, name]) => name);
  expect(names((await medpeft(dir)).out)).toEqual(['base', 'lora']);
  expect(names((await medpeft(dir, '--sort', 'overall')).out)).toEqual(['lora', 'base']);
  expect(names((await medpeft(dir, '--filter', 'none')).out)).toEqual(['base']);
  expect(await medpeft(dir, '--sort', 'overal')).toMatchObject({ code: 2, log: expect.stringContaining('overall') });
  expect(await medpeft(dir, '--group', 'rank')).toMatchObject({
    code: 2,
    log: expect.stringContaining('no such setting'),
  });
});

it('refuses what it cannot do', async () => {
  const dir = await runs();
  expect(await medpeft(dir, '--correction', 'bonferroni')).toMatchObject({ code: 2, out: '' });
  const misspelt = await medpeft(dir, '--reference', 'lorra');
  expect(misspelt).toMatchObject({ code: 2, out: '', log: expect.stringContaining('did you mean lora?') });
  const nowhere = await medpeft(dir, '--csv', path.join(dir, 'none', 'x.csv'));
  expect(nowhere).toMatchObject({ code: 1, out: '', log: expect.stringContaining('MP4001') });
  expect((await medpeft(path.join(dir, 'none'))).log).toContain('MP4007');
});
