// npm test [part...]: runs every part of the tests, or those named, and closes with one line of counts.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import * as harness from './vscode-harness.mjs';
import { vulkanEnvironment, problem as webgpuProblem } from './vulkan.mjs';

process.chdir(path.resolve(import.meta.dirname, '..'));
const report = path.resolve('out/vitest.json');
const vsix = path.resolve('out/medpeft-test.vsix');

/** Runs a program to its end, showing what it prints. @returns exit code and standard output */
function run(args, environment = {}, cwd = undefined) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const printed = { stdout: '', stderr: '' };
    for (const from of ['stdout', 'stderr'])
      child[from].on('data', (chunk) => {
        printed[from] += chunk;
        process[from].write(chunk);
      });
    child.on('close', (code) => {
      for (const output of Object.values(printed)) remember(output);
      resolve({ code: code ?? 1, output: printed.stdout });
    });
  });
}

/** What failed, with the first words of why, each once: told again at the end, where thousands of lines later somebody looks. */
const failures = new Set();
const FAILED = /^ *FAIL {2}(?!.*\(not reached\)).*(?:\n.+)?|^ +\d+\) .*|^failed {2}.*/gm;
const remember = (output) => {
  for (const [words] of stripVTControlCharacters(output).matchAll(FAILED)) failures.add(words.trim());
};

const CLOSING = /^(?:[\w-]+: )?(\d+) passed, (\d+) failed, (\d+) skipped$/gm;

/** The counts of the last closing line. A program that ends badly without a failed test, or tells none, has failed as a whole. */
function countsOf({ code, output }) {
  const last = [...output.matchAll(CLOSING)].at(-1);
  if (!last) return { passed: 0, failed: 1, skipped: 0, note: 'ended without counts' };
  const [passed, failed, skipped] = last.slice(1).map(Number);
  return { passed, failed: code !== 0 && failed === 0 ? 1 : failed, skipped };
}

/** A part that lacks something: skipped, but in CI a failure. */
const notRun = (note) =>
  process.env.CI ? { passed: 0, failed: 1, skipped: 0, note } : { passed: 0, failed: 0, skipped: 1, note };

async function unit() {
  rmSync(report, { force: true });
  const { code } = await run([
    'node_modules/vitest/vitest.mjs',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ]);
  if (!existsSync(report)) return { passed: 0, failed: 1, skipped: 0, note: 'vitest wrote no report' };
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(readFileSync(report, 'utf8'));
  const failed = code !== 0 && numFailedTests === 0 ? 1 : numFailedTests;
  return { passed: numPassedTests, failed, skipped: numPendingTests + numTodoTests };
}

/**
 * Forward passes, losses, gradients, generation and trajectories against golden values of the reference implementation,
 * on another backend than the default, whose cases are among the unit tests.
 * @param missing what the backend lacks here
 * @param shards how many processes share the cases, each in the folder `cwd`
 */
async function parity(options, missing, { environment = {}, shards = 1, cwd = undefined } = {}) {
  const folder = path.resolve(process.env.MEDPEFT_SHARED ?? '../shared', 'parity');
  const note = missing ?? (existsSync(folder) ? undefined : `needs ${folder}`);
  if (note) return notRun(note);
  const program = [path.resolve('dist/cli.js'), 'parity', folder, ...options];
  const shares = Array.from({ length: shards }, (_, i) =>
    run([...program, '--shard', `${i + 1}/${shards}`], environment, cwd),
  );
  const counts = (await Promise.all(shares)).map(countsOf);
  const sum = (key) => counts.reduce((all, one) => all + one[key], 0);
  return {
    passed: sum('passed'),
    failed: sum('failed'),
    skipped: sum('skipped'),
    note: counts.find((one) => one.note)?.note,
  };
}

/** Where SwiftShader finds a file that gives it one thread: more of them mostly wait for one another, at full speed. */
function swiftShaderFolder() {
  const folder = path.resolve('out/swiftshader');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'SwiftShader.ini'), '[Processor]\nThreadCount=1\n');
  return folder;
}

/** As many processes share the golden cases as there are processors. */
const shards = os.availableParallelism();

/** The golden values on WebGPU. */
const webgpu = () =>
  parity(['--device', 'webgpu'], webgpuProblem(), {
    environment: vulkanEnvironment(),
    shards,
    cwd: swiftShaderFolder(),
  });

/** The same golden values on TensorFlow.js with its real native package, and some steps of the demo by its spec's `runtime`. */
async function tfjs() {
  const { code } = await run(['dist/scripts/setup-tfjs.js', '--check']);
  const missing = code === 0 ? undefined : 'needs `npm run setup:tfjs`';
  const golden = await parity(['--backend', 'tfjs', '--threads', '1'], missing, { shards });
  if (missing) return golden;
  const demo = await demoOn('tfjs', 'cpu');
  return { ...golden, passed: golden.passed + demo, failed: golden.failed + 1 - demo };
}

/** Some steps of the demo on WebGPU. */
async function demoWebgpu() {
  const note = webgpuProblem();
  if (note) return notRun(note);
  const passed = await demoOn('onnxruntime', 'webgpu', vulkanEnvironment(), swiftShaderFolder());
  return { passed, failed: 1 - passed, skipped: 0 };
}

/** @returns 1 if steps of the demo's spec, by its `runtime`, have the losses there that they have on the default's processor, within a thousandth, and the run is scored */
async function demoOn(backend, device, ...where) {
  const [expected, losses] = [await demoLosses('onnxruntime', 'cpu'), await demoLosses(backend, device, ...where)];
  console.log(`demo on ${backend} ${device}: losses ${losses?.join(', ')}; on the default ${expected?.join(', ')}`);
  const isEqual = (loss, i) => Math.abs(loss - expected[i]) <= 1e-3 * expected[i];
  return expected?.length === 4 && losses?.length === 4 && losses.every(isEqual) ? 1 : 0;
}

/** Losses of four steps of LoRA on the demo's questions of one type; undefined if the run does not finish, or its manifest names another device. */
async function demoLosses(backend, device, environment = {}, cwd = undefined) {
  const folder = path.resolve('out', `demo-${backend}-${device}`);
  rmSync(folder, { recursive: true, force: true });
  const spec = `${folder}.medpeft.json`;
  const runtime = { backend, device, output_dir: folder };
  const datasets = { heads: { filter: { question_type: 'COLOR' } } };
  const training = { batch_size: 4 };
  const extended = '../examples/vqa-rad/compare.medpeft.json';
  writeFileSync(spec, JSON.stringify({ version: 1, extends: extended, datasets, training, runtime }));
  const words = ['run', spec, '--method', 'lora', '--max-steps', '4', '--json'];
  const { code, output } = await run([path.resolve('dist/cli.js'), ...words], environment, cwd);
  if (code !== 0) return undefined;
  const [{ status, folder: done }] = JSON.parse(output).runs;
  const { runtime: used } = JSON.parse(readFileSync(path.join(done, 'manifest.json'), 'utf8'));
  if (status !== 'finished' || used.backend !== backend || used.device !== device) return undefined;
  const events = readFileSync(path.join(done, 'events.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  return events.filter(({ type }) => type === 'step').map(({ loss }) => loss);
}

/** A part that needs a real VS Code; where there is none, its runner counts its tests as skipped. */
function inVsCode(...args) {
  return async () => {
    const counts = countsOf(await run(args, harness.environment()));
    return { ...counts, note: counts.skipped > 0 ? harness.problem() : undefined };
  };
}

/** In the order in which they run. */
const parts = {
  unit,
  'parity-webgpu': webgpu,
  tfjs,
  package: async () => {
    const { code } = await run(['scripts/package.mjs', '--out', vsix]);
    return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
  },
  'suite-vsix': inVsCode('test/runTest.mjs', '--vsix', vsix),
  'ui-vsix': inVsCode('test/harness/ui.mjs', '--vsix', vsix),
};

/** Parts that run only if named: the suite on the tree as it lies here, of which the packed extension says more, and steps of the demo on WebGPU, a minute of a GPU in software. */
const named = { suite: inVsCode('test/runTest.mjs'), 'demo-webgpu': demoWebgpu };
const known = { ...parts, ...named };

const chosen = process.argv.slice(2);
const unknown = chosen.find((name) => !(name in known));
if (unknown) {
  console.error(`There is no part "${unknown}": ${Object.keys(known).join(', ')}.`);
  process.exit(2);
}
mkdirSync('out', { recursive: true });
rmSync(vsix, { force: true });
const total = { passed: 0, failed: 0, skipped: 0 };
const lines = [];
for (const name of chosen.length > 0 ? chosen : Object.keys(parts)) {
  console.log(`\n== ${name}`);
  const start = Date.now();
  const { note, ...counts } = await known[name]();
  for (const key of Object.keys(total)) total[key] += counts[key];
  const seconds = Math.round((Date.now() - start) / 1000);
  lines.push(
    `${name.padEnd(11)} ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped in ${seconds} s${note ? `: ${note}` : ''}`,
  );
}
if (failures.size > 0) console.log(`\n${[...failures].join('\n')}`);
console.log(`\n${lines.join('\n')}\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed > 0 ? 1 : 0);
