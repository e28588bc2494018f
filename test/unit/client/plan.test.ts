/** Plans by the command line's own process: what its answer comes to, and what is said when it gives none. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { planSpec } from '../../../client/runner/plan';
import { readTestedSpec } from '../../../client/tests/read';
import type { Diagnostic } from '../../../runner/errors';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'plan-'));
const written = (name: string, text: string) => {
  const file = path.join(scratch, name);
  writeFileSync(file, text);
  return file;
};

describe('planSpec', () => {
  it('hands the spec to `plan --json` in a process of its own, and takes the plan of a spec with errors too', async () => {
    const cli = written(
      'cli.cjs',
      'console.error("1 error"); console.log(JSON.stringify({ runs: process.argv.slice(2), own: process.pid })); process.exitCode = 1;',
    );
    const { runs, own } = (await planSpec(cli, '/w/a b.medpeft.json')) as unknown as { runs: string[]; own: number };
    expect(runs).toEqual(['plan', '/w/a b.medpeft.json', '--json']);
    expect(own).not.toBe(process.pid);
  });

  it.each([
    ['what it last said', 'console.error("MP1007: gone"); process.exitCode = 1;', 'MP1007: gone'],
    ['that it said nothing', '', 'the planner said nothing'],
  ])('without an answer tells %s', async (_what, source, message) => {
    await expect(planSpec(written('mute.cjs', source), '/w/a.medpeft.json')).rejects.toThrow(message);
  });
});

describe('readTestedSpec', () => {
  const file = written('a.medpeft.json', '{ "expect": [{ "method": "lora", "test": "rad/test", "metric": "loss" }] }');
  const error = (message: string): Diagnostic => ({
    code: 'MP1101',
    severity: 'error',
    message,
    path: [],
    range: { start: { line: 2, character: 0 }, end: { line: 2, character: 1 } },
  });

  it('joins the planned runs with the text and its expectations', async () => {
    const run = { id: 'r', model: 'm', task: 't', method: 'lora', seed: 0, tests: [] };
    const { runs, text, tree } = await readTestedSpec(file, async () => ({ runs: [run], diagnostics: [] }));
    expect([runs, text.length > 0, tree?.type]).toEqual([[run], true, 'object']);
  });

  it('says the first error of the plan with its line, and how many there are', async () => {
    const plan = async () => ({ runs: [], diagnostics: [error('no such data set'), error('another')] });
    await expect(readTestedSpec(file, plan)).rejects.toThrow('line 3: no such data set (1 of 2 errors)');
  });
});
