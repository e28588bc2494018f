// node scripts/setup.mjs [--tests]: makes this folder ready to run: packages, build; with --tests also TensorFlow.js and a real VS Code to test in.
// Each step is done only when it is needed, and says so in a line. Written for old Nodes too, so that they get a clear word.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { npmOrStop, say, stop } from './npm.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const readJson = (file) => JSON.parse(fs.readFileSync(file, 'utf8'));

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  stop(
    `MedPEFT needs Node 20.19 or newer; this is ${process.versions.node} (${process.execPath}).`,
    'Install a newer one from https://nodejs.org or with a version manager (nvm install 22), open a new terminal, and try again.',
  );
}

/** Why node_modules is not what package-lock.json says, or nothing. npm writes its own list last, so a broken install has none. */
function whyInstall() {
  const list = 'node_modules/.package-lock.json';
  if (!fs.existsSync(list)) return 'not installed yet';
  const wanted = readJson('package-lock.json').packages;
  const present = readJson(list).packages;
  const fitsHere = ({ os = [], cpu = [], libc }) =>
    os.includes(process.platform) && cpu.includes(process.arch) && !libc;
  for (const name of Object.keys(wanted)) {
    const needed = name !== '' && (!wanted[name].optional || fitsHere(wanted[name]));
    if (needed && !present[name]) return `${name} is missing`;
    if (present[name] && present[name].version !== wanted[name].version) return `${name} has another version`;
  }
  const extra = Object.keys(present).find((name) => !wanted[name]);
  return extra ? `${extra} is no longer used` : undefined;
}

function install() {
  const why = whyInstall();
  if (!why) return say('packages are up to date');
  if (fs.existsSync('node_modules') && fs.lstatSync('node_modules').isSymbolicLink())
    stop(`packages: ${why}, but node_modules is a link to another folder.`, 'Run npm ci there, or remove the link.');
  const free = fs.statfsSync('.');
  if (free.bavail * free.bsize < 1e9)
    stop('the disk is nearly full: less than 1 GB is free.', 'Make room and try again.');
  say(`packages: ${why}; running npm ci (about 650 MB on disk, a minute or so)`);
  const start = Date.now();
  // Nothing that is used here needs its install script; onnxruntime-node's would fetch CUDA libraries.
  npmOrStop(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: root });
  say(`packages installed in ${Math.round((Date.now() - start) / 1000)} s`);
}

/** One hash over everything that a build reads. */
function hashOfSources() {
  const hash = createHash('sha256');
  const add = (file) => {
    if (fs.statSync(file).isDirectory()) {
      for (const name of fs.readdirSync(file).sort()) if (name !== 'generated') add(path.join(file, name));
    } else if (/\.(ts|mjs|js|css|json)$/.test(file)) hash.update(file).update('\0').update(fs.readFileSync(file));
  };
  for (const name of [
    'package-lock.json',
    'tsconfig.json',
    'schemas',
    'runner',
    'server',
    'client',
    'scripts',
    'test/suite',
  ])
    if (fs.existsSync(name)) add(name);
  return hash.digest('hex');
}

function build() {
  const stamp = 'dist/.built';
  const hash = hashOfSources();
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === hash) return say('build is up to date');
  for (const script of ['scripts/generate.mjs', 'scripts/build.mjs']) {
    const result = spawnSync(process.execPath, [script], { encoding: 'utf8' });
    if (result.status !== 0) stop(`the build failed in ${script}:`, `${result.stdout}${result.stderr}`.trim());
  }
  fs.mkdirSync('dist', { recursive: true });
  fs.writeFileSync(stamp, hash);
  say('built dist/');
}

/** The real native packages of backend tfjs, outside of this folder. Where they cannot be had, its tests are skipped by name; in CI they fail. */
function tensorflow() {
  const { status } = spawnSync(process.execPath, ['dist/scripts/setup-tfjs.js'], { stdio: 'inherit' });
  if (status !== 0) say('the tests of backend tfjs will be skipped');
}

checkNode();
process.chdir(root);
install();
build();
if (process.argv.includes('--tests')) tensorflow();
// Read only now: it is written for the Node that was just asked for.
if (process.argv.includes('--tests')) import('./vscode-harness.mjs').then((harness) => harness.setUp());
