/** What the built command line says to wrong files, folders and words: a reason in words, the place, and a next step that can be pasted. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { createRun } from '../../../runner/runs';
import { cli } from '../../programs';
import { manifest, temporaryFolder } from '../runs/fixture';

const workspace = path.resolve(import.meta.dirname, '../../fixtures/workspace');

function call(cwd: string, words: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...words], { cwd, encoding: 'utf8' });
  return { code: status, out: stdout, err: stderr };
}

it.each<[string, string[], number, RegExp]>([
  ['a command is explained', ['help', 'run'], 0, /usage: medpeft run SPEC[\s\S]*--max-steps/],
  ['an unknown one is not', ['help', 'rnu'], 2, /MP4009 unknown command rnu\n {2}did you mean medpeft run\?/],
  ['the version', ['-v'], 0, /^\d+\.\d+\.\d+\n$/],
  ['a misspelt option of the program', ['--versio'], 2, /did you mean medpeft --version\?/],
  ['an empty word', ['run', ''], 2, /MP4009 SPEC is empty/],
  ['a subject that is none', ['inspect', 'nowhere'], 2, /MP4009 medpeft inspect nowhere: one of model, data is needed/],
  ['a misspelt subject', ['inspect', 'modl', 'x'], 2, /did you mean model\?/],
  ['the server with --json', ['lsp', '--stdio', '--json'], 2, /MP4009 .*its own protocol/],
  ['no predictions', ['score', 'nowhere.jsonl'], 1, /MP2001 .*nowhere\.jsonl cannot be read: it does not exist\n/],
  ['a folder of predictions', ['score', 'data'], 1, /MP2001 .*cannot be read: it is a folder\n/],
  [
    'a data set to score',
    ['score', 'data/trainset.json'],
    1,
    /MP2002 .*is one JSON document[\s\S]*predictions\/\*\.jsonl/,
  ],
  ['a spec to score', ['score', 'tiny.medpeft.json'], 1, /MP2002 .*is one JSON document/],
  ['a folder as spec', ['validate', 'data'], 1, /MP1007 .*: it is a folder\n/],
  ['no run', ['resume', 'nowhere'], 1, /MP4007 there is no such folder\n.*nowhere\n.*medpeft status \S+ lists/],
  [
    'a folder without a run',
    ['cancel', 'data'],
    1,
    /MP4007 this folder holds no run[\s\S]*medpeft status \S+data lists/,
  ],
  ['an empty place', ['status'], 0, /There are no runs in .*runs\.\n {2}medpeft run SPEC makes them/],
])('%s', (_what, words, code, says) => {
  const folder = temporaryFolder();
  for (const name of ['data', 'tiny.medpeft.json'])
    cpSync(path.join(workspace, name), path.join(folder, name), { recursive: true });
  const ended = call(folder, words);
  expect(ended.code).toBe(code);
  expect(ended.out + ended.err).toMatch(says);
  expect(ended.err).not.toMatch(/ENOENT|EISDIR|\n +at .*\(/);
});

it.each<[string, (folder: string) => void, string[], number, RegExp]>([
  [
    'a model without weights',
    (folder) => rmSync(path.join(folder, 'model/model.safetensors')),
    ['validate', 'tiny.medpeft.json'],
    0,
    /:5:\d+ {2}warning MP3001 .*model holds no weights\n.*put the checkpoint's model\.safetensors/,
  ],
  [
    'a model without a tokenizer',
    (folder) => rmSync(path.join(folder, 'model/tokenizer.json')),
    ['validate', 'tiny.medpeft.json'],
    0,
    /:5:\d+ {2}warning MP3006 .*model holds no tokenizer\n.*put the checkpoint's tokenizer\.json/,
  ],
  [
    'a spec that is cut off',
    (folder) => writeFileSync(path.join(folder, 'tiny.medpeft.json'), '{ "version": 1, "models": { "a": '),
    ['run', 'tiny.medpeft.json'],
    1,
    /:1:\d+ {2}error MP1001 .*a value is expected here\n.*repair this place/,
  ],
  [
    'an image that is none',
    (folder) => writeFileSync(path.join(folder, 'none.png'), 'no image'),
    ['render-image', 'none.png', '--to', 'out.png'],
    1,
    /MP2003 .*none\.png cannot be read: its content is of no image format that is known\n.*get the file again/,
  ],
])('%s', (_what, damage, words, code, says) => {
  const folder = path.join(temporaryFolder(), 'w');
  cpSync(workspace, folder, { recursive: true });
  damage(folder);
  const ended = call(folder, words);
  expect(ended.out + ended.err).toMatch(says);
  expect(ended.code).toBe(code);
});

it('a table that cannot be written is told in words', async () => {
  const folder = temporaryFolder();
  const words = ['compare', 'runs', '--csv', 'nowhere/table.csv'];
  expect(call(folder, words)).toMatchObject({ code: 1, err: expect.stringContaining('MP4007') });
  await (await createRun(path.join(folder, 'runs', manifest.run), manifest)).close();
  const { code, err } = call(folder, words);
  expect(code).toBe(1);
  expect(err).toMatch(/MP4001 .*table\.csv cannot be written: it does not exist/);
});

it('status shows why a run failed without a comma before it, and ends no line with blanks', async () => {
  const folder = path.join(temporaryFolder(), 'mit Umlaut ü');
  mkdirSync(folder);
  const run = await createRun(path.join(folder, 'runs', manifest.run), manifest);
  run.append({ type: 'run_failed', code: 'MP3101', message: 'no device' });
  await run.close();
  expect(call(folder, ['status']).out).toBe(`failed       ${manifest.run}  MP3101 no device\n`);
  const { err } = call(folder, ['resume', 'runs']);
  expect(err).toContain(`medpeft status '${path.join(folder, 'runs')}'`);
});

it('a spec with a byte order mark and CRLF is read like any other', () => {
  const folder = temporaryFolder();
  const file = path.join(folder, 'x.medpeft.json');
  writeFileSync(file, '\uFEFF{\r\n  "version": 1,\r\n  "nme": "x"\r\n}\r\n');
  const { code, out } = call(folder, ['validate', file]);
  expect(code).toBe(1);
  expect(out).toMatch(/:3:4 {2}error MP1002 {2}unknown key "nme"\n/);
});

it('a reader that has gone is no error', async () => {
  const child = spawn(process.execPath, [cli, '--help'], { stdio: ['ignore', 'pipe', 'pipe'] });
  // closed before anything is written: the first write fails with EPIPE
  child.stdout.destroy();
  let err = '';
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const [code] = await once(child, 'close');
  expect({ code, err }).toEqual({ code: 0, err: '' });
});
