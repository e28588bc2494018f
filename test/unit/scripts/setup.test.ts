/** scripts/setup.mjs with an npm of our own: what it does, what it leaves, and the words it finds when something is missing. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const scripts = path.resolve(import.meta.dirname, '../../../scripts');
const lock = { packages: { '': {}, 'node_modules/a': { version: '1.0.0' } } };
let folder: string;

const write = (name: string, content: string) => {
  mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  writeFileSync(path.join(folder, name), content);
};

/** What npm leaves in node_modules when it is done. */
const installs = (version: string) => `
  const fs = require('node:fs');
  fs.mkdirSync('node_modules', { recursive: true });
  fs.writeFileSync('node_modules/.package-lock.json', JSON.stringify({ packages: { 'node_modules/a': { version: '${version}' } } }));`;

function setup() {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/setup.mjs'], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, npm_execpath: path.join(folder, 'npm-cli.js') },
  });
  return { status, text: stdout + stderr };
}

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'setup-'));
  for (const name of ['setup.mjs', 'npm.mjs'])
    cpSync(path.join(scripts, name), path.join(folder, 'scripts', name), { recursive: true });
  write('package-lock.json', JSON.stringify(lock));
  for (const name of ['generate', 'build']) write(`scripts/${name}.mjs`, '');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('installs and builds once, then finds nothing to do', () => {
  write('npm-cli.js', installs('1.0.0'));
  expect(setup()).toEqual({
    status: 0,
    text: expect.stringMatching(/not installed yet[\s\S]*installed in[\s\S]*built dist/),
  });
  expect(setup()).toEqual({ status: 0, text: 'setup: packages are up to date\nsetup: build is up to date\n' });
});

test('builds again when a source has changed', () => {
  write('npm-cli.js', installs('1.0.0'));
  setup();
  write('runner/new.ts', 'export {};');
  expect(setup().text).toMatch(/packages are up to date\nsetup: built dist/);
});

test('installs again when the lock file names another version', () => {
  write('npm-cli.js', installs('0.9.0'));
  setup();
  expect(setup().text).toContain('node_modules/a has another version; running npm ci');
});

test.each([
  ['getaddrinfo ENOTFOUND registry.example', /trying once more[\s\S]*npm registry cannot be reached[\s\S]*proxy/],
  ['ENOSPC: no space left on device', /the disk is full/],
  ['EACCES: permission denied', /a folder cannot be written/],
  ['code SELF_SIGNED_CERT_IN_CHAIN', /certificate is not trusted[\s\S]*cafile/],
  ['something new', /npm ci failed[\s\S]*something new/],
])('npm fails with "%s": exit code 1 and what to do', (words, expected) => {
  write('npm-cli.js', `console.error(${JSON.stringify(words)}); process.exit(1);`);
  const { status, text } = setup();
  expect(status).toBe(1);
  expect(text).toMatch(expected);
  expect(text).not.toContain('    at ');
});

test('leaves a node_modules alone that is a link to another folder', () => {
  write('npm-cli.js', "require('node:fs').writeFileSync('called', '')");
  mkdirSync(path.join(folder, 'elsewhere'));
  symlinkSync(path.join(folder, 'elsewhere'), path.join(folder, 'node_modules'), 'junction');
  expect(setup()).toEqual({ status: 1, text: expect.stringContaining('is a link to another folder') });
  expect(existsSync(path.join(folder, 'called'))).toBe(false);
});

test('a failed build shows what the build said', () => {
  write('npm-cli.js', installs('1.0.0'));
  write('scripts/build.mjs', "console.error('runner/x.ts:3: error'); process.exit(1);");
  expect(setup()).toEqual({
    status: 1,
    text: expect.stringMatching(/failed in scripts\/build.mjs:\n\s+runner\/x.ts:3/),
  });
});
