/**
 * npm run setup:tfjs [-- --cuda | --check]: installs TensorFlow.js with its native packages into the user's cache, from the registries of npm and Python alone.
 *
 * The packages' own install script fetches libtensorflow from a file host, which many networks block; it is not run. The C libraries come out of the TensorFlow
 * wheel instead (no Python runs with them), and the packages' two C++ files are compiled against them. Run again, it tests what is there and is done in seconds; with --check it does only that.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { type Flavor, tensorflowVersion, tfjsFolder, tfjsVersion } from '../runner/backends/tfjs/place';
import { npmOrStop, say, stop } from './npm.mjs';
import { selfTest, unpackWheel } from './tfjs/programs';

/** Checksums of what is compiled and loaded, by package. */
const packages = {
  '@tensorflow/tfjs-node-gpu': [
    tfjsVersion,
    'sha512-p//NN6DGiN4hInUmIkRffaFVMcdTREUMjPyjW04J7OXvB2zBlQimj61eFKSgRrH3f5TnOfKzb0n56he/B6a4bw==',
  ],
  '@tensorflow/tfjs-node': [
    tfjsVersion,
    'sha512-uHrXeUlfgkMxTZqHkESSV7zSdKdV0LlsBeblqkuKU9nnfxB1pC6DtoyYVaLxznzZy7WQSegjcohxxCjAf6Dc7w==',
  ],
  'node-api-headers': [
    '1.9.0',
    'sha512-2oNILP4jXwRB4ywnYKjVk1YyJ96n2D4EOVJO6S3oYZ5PtbJrw3Yt9TpAuX3nBLMuzn74rnfGQrv13pS9vC+YiA==',
  ],
} as const;
/** Their checksums are those of npm's own lock, which it holds to by itself. */
const others = ['tfjs-core', 'tfjs-backend-cpu', 'tfjs-backend-wasm'].map((name) => `@tensorflow/${name}`);

const wheels: Readonly<Record<Flavor, { name: string; sha256: string; bytes: number }>> = {
  cpu: {
    name: 'tensorflow-cpu',
    sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
    bytes: 1.7e9,
  },
  cuda: {
    name: 'tensorflow',
    sha256: '9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124',
    bytes: 2.5e9,
  },
};

const words = process.argv.slice(2);
const unknown = words.find((word) => word !== '--cuda' && word !== '--check');
if (unknown)
  stop(`there is no option ${unknown}.`, 'npm run setup:tfjs, or npm run setup:tfjs -- --cuda, or -- --check');
const flavor: Flavor = words.includes('--cuda') ? 'cuda' : 'cpu';
const folder = tfjsFolder(flavor);
const wheel = wheels[flavor];

/** Runs a program; what it printed. Ends this one with its last words if it fails. */
function run(what: string, program: string, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 26 });
  if (status !== 0)
    stop(`tfjs: ${what} failed:`, `${error?.message ?? ''}${stdout}${stderr}`.trim().split('\n').slice(-15).join('\n'));
  return stdout;
}

/** Ends the program if this machine cannot do it. */
function check(): void {
  const machine = `${process.platform}-${process.arch}`;
  if (machine !== 'linux-x64')
    stop(
      `tfjs: this is ${machine}; the libraries that are used here are those for linux-x64.`,
      'Install @tensorflow/tfjs-node in the folder of MedPEFT by `npm install --no-save @tensorflow/tfjs-node@4.22.0` instead.',
    );
  if (Number(process.versions.napi) < 8)
    stop(`tfjs: Node ${process.versions.node} offers Node-API ${process.versions.napi}, 8 is needed.`, 'Use Node 20.');
  const tools = { python3: ['--version'], 'g++': ['--version'], 'python3-pip': ['-m', 'pip', '--version'] };
  const missing = Object.entries(tools).filter(
    ([name, args]) => spawnSync(name === 'python3-pip' ? 'python3' : name, args).status !== 0,
  );
  if (missing.length > 0) {
    const names = missing.map(([name]) => name).join(' ');
    stop(`tfjs: not found: ${names}.`, `On Debian and Ubuntu: sudo apt-get install -y ${names}. Then try again.`);
  }
}

/** The packages without their install scripts, and that they are the ones meant. */
function installPackages(into: string): void {
  const wanted = [
    ...Object.entries(packages).map(([name, [version]]) => [name, version]),
    ...others.map((name) => [name, tfjsVersion]),
  ];
  writeFileSync(
    path.join(into, 'package.json'),
    JSON.stringify({ name: 'medpeft-tfjs', private: true, dependencies: Object.fromEntries(wanted) }),
  );
  npmOrStop(['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: into });
  const lock = JSON.parse(readFileSync(path.join(into, 'node_modules/.package-lock.json'), 'utf8'));
  for (const [name, [, integrity]] of Object.entries(packages))
    if (lock.packages[`node_modules/${name}`].integrity !== integrity)
      stop(`tfjs: ${name} has another checksum than expected.`, 'Ask who runs your package mirror.');
}

/** Libraries and headers of TensorFlow, out of the wheel. The tag is fixed: the same file whatever Python is here. */
function installLibraries(into: string, deps: string): void {
  run(`fetching ${wheel.name} ${tensorflowVersion}`, 'python3', [
    ...['-m', 'pip', 'download', '--no-deps', '--no-cache-dir', '--progress-bar', 'off', '--only-binary=:all:'],
    ...['--python-version', '3.11', '--implementation', 'cp', '--abi', 'cp311'],
    ...['--platform', 'manylinux_2_27_x86_64', '-d', into, `${wheel.name}==${tensorflowVersion}`],
  ]);
  const file = path.join(into, readdirSync(into).find((name) => name.endsWith('.whl'))!);
  if (createHash('sha256').update(readFileSync(file)).digest('hex') !== wheel.sha256)
    stop(`tfjs: ${path.basename(file)} has another checksum than expected.`, 'Ask who runs your package mirror.');
  rmSync(deps, { recursive: true, force: true });
  run('unpacking the libraries', 'python3', ['-c', unpackWheel, file, deps]);
  rmSync(file);
  for (const name of ['tensorflow_cc', 'tensorflow_framework'])
    symlinkSync(`lib${name}.so.2`, path.join(deps, 'lib', `lib${name.replace('_cc', '')}.so`));
}

function compile(into: string, home: string): void {
  const addon = path.join(home, 'lib/napi-v8/tfjs_binding.node');
  mkdirSync(path.dirname(addon), { recursive: true });
  run('compiling the addon', 'g++', [
    ...['-std=c++17', '-O2', '-fPIC', '-shared', '-pthread'],
    ...['-DNAPI_VERSION=8', '-DBUILDING_NODE_EXTENSION', '-DNODE_GYP_MODULE_NAME=tfjs_binding'],
    ...['node_modules/node-api-headers/include', 'node_modules/@tensorflow'].map((at) => `-I${path.join(into, at)}`),
    `-I${path.join(home, 'deps/include')}`,
    ...['tfjs_backend.cc', 'tfjs_binding.cc'].map((name) => path.join(home, 'binding', name)),
    ...['-o', addon, `-L${path.join(home, 'deps/lib')}`, '-ltensorflow', '-ltensorflow_framework'],
    '-Wl,-rpath,$ORIGIN/../../deps/lib',
  ]);
}

/** Computes with each package in a process of its own. What is there, or what is wrong with it. */
function test(at: string): { ok: boolean; text: string } {
  let where = '';
  for (const device of ['js', 'wasm', 'cpu', 'gpu']) {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', selfTest, at, device, tensorflowVersion], {
      encoding: 'utf8',
      env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' },
    });
    if (status !== 0) return { ok: false, text: `device ${device}: ${stderr.trim()}` };
    where = stdout.trim();
  }
  const text = `tfjs-node, tfjs-node-gpu, wasm and js ${tfjsVersion} compute, the native ones with TensorFlow ${tensorflowVersion}`;
  return { ok: true, text: `${text}, tfjs-node-gpu on ${where}; they are in ${folder}` };
}

const stamp = JSON.stringify({ packages, others, wheel, tensorflowVersion, revision: 1 });
const stampFile = path.join(folder, 'medpeft-tfjs.json');

function install(): void {
  mkdirSync(path.dirname(folder), { recursive: true });
  if (existsSync(folder) && !existsSync(stampFile) && readdirSync(folder).length > 0)
    stop(`tfjs: ${folder} holds something else.`, 'MEDPEFT_TFJS must name a folder of its own.');
  const { bavail, bsize } = statfsSync(path.dirname(folder));
  if (bavail * bsize < wheel.bytes)
    stop(
      `tfjs: less than ${wheel.bytes / 1e9} GB are free for ${folder}.`,
      'Make room, or name another in MEDPEFT_TFJS.',
    );
  say(`tfjs: installing @tensorflow/tfjs-node-gpu and tfjs-node ${tfjsVersion} in ${folder} (about a minute)`);
  // Beside the final place, and moved there when whole: nothing half-made is taken for ready.
  const part = `${folder}.${process.pid}.part`;
  process.on('exit', () => rmSync(part, { recursive: true, force: true }));
  mkdirSync(part, { recursive: true });
  installPackages(part);
  const [gpu, cpu] = ['tfjs-node-gpu', 'tfjs-node'].map((name) => path.join(part, 'node_modules/@tensorflow', name));
  say(`tfjs: fetching the libraries of ${wheel.name} ${tensorflowVersion}`);
  installLibraries(part, path.join(gpu!, 'deps'));
  say('tfjs: compiling the addon');
  compile(part, gpu!);
  // The same C++ source: tfjs-node takes the addon, and finds the libraries where the other has them.
  cpSync(path.join(gpu!, 'lib'), path.join(cpu!, 'lib'), { recursive: true });
  rmSync(path.join(cpu!, 'deps'), { recursive: true, force: true });
  symlinkSync('../tfjs-node-gpu/deps', path.join(cpu!, 'deps'));
  const { ok, text } = test(part);
  if (!ok) stop('tfjs: the installed packages do not compute:', text);
  writeFileSync(path.join(part, path.basename(stampFile)), stamp);
  rmSync(folder, { recursive: true, force: true });
  renameSync(part, folder);
}

const begun = Date.now();
const fits = existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp;
const present = fits ? test(folder) : undefined;
if (present?.ok) say(`tfjs: ${present.text}; it was set up already`);
else if (words.includes('--check'))
  stop(`tfjs: nothing that works is in ${folder}.`, present?.text ?? 'npm run setup:tfjs');
else {
  if (present) say(`tfjs: what is there does not pass its test and is made anew: ${present.text.split('\n')[0]}`);
  check();
  install();
  say(`tfjs: ${test(folder).text}; installed in ${Math.round((Date.now() - begun) / 1000)} s`);
}
