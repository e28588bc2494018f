// npm run package [-- --out FILE]: the extension as a .vsix for this platform, with the native modules it runs on and the demo.
import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

const root = path.resolve(import.meta.dirname, '..');
process.chdir(root);
const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
const target = `${process.platform}-${process.arch}`;
const { values } = parseArgs({ options: { out: { type: 'string', default: `medpeft-${target}-${version}.vsix` } } });
const out = path.resolve(values.out);

/** Megabytes of the packed file: most of it are onnxruntime and libvips; what goes beyond is there by mistake. */
const BUDGET = 45;

/** Everything that is loaded at run time and cannot be bundled; onnxruntime-node's other dependencies serve its install script. */
const natives = [
  'onnxruntime-node',
  'onnxruntime-common',
  'sharp',
  '@img/colour',
  'detect-libc',
  'semver',
  ...readdirSync('node_modules/@img')
    .filter((name) => name.startsWith('sharp-'))
    .map((name) => `@img/${name}`),
];
const folder = 'dist/node_modules';
const unused =
  /onnxruntime-(?:node\/(?:script|lib)|common\/(?:dist\/esm|lib))|sharp\/(?:src|install)|\.d\.[cm]?ts$|\.map$/;

/** Whether a file of a native module goes in: not what only serves builds, types or other platforms. */
function isUsed(file) {
  const name = file.split(path.sep).join('/');
  const binary = /\/bin\/napi-v\d+\/(.+)$/.exec(name)?.[1];
  const own = `${process.platform}/${process.arch}`;
  return !unused.test(name) && (!binary || binary.startsWith(own) || own.startsWith(binary));
}

function run(args, options) {
  const result = spawnSync(process.execPath, args, { encoding: 'utf8', ...options });
  if (result.status === 0) return result.stdout;
  throw new Error(`${args[0]} failed:\n${result.stdout}${result.stderr}`);
}

try {
  rmSync(folder, { recursive: true, force: true });
  for (const name of natives)
    cpSync(path.join('node_modules', name), path.join(folder, name), {
      recursive: true,
      dereference: true,
      filter: isUsed,
    });
  // They load from there, or a user would be the first to learn.
  run(['-e', "require('onnxruntime-node'); require('sharp')"], { cwd: 'dist', env: { PATH: process.env.PATH } });
  rmSync(out, { force: true });
  const vsce = ['node_modules/@vscode/vsce/vsce', 'package', '--no-dependencies', '--target', target, '--out', out];
  run([...vsce, '--allow-missing-repository', '--no-rewrite-relative-links']);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const megabytes = statSync(out).size / 1e6;
if (megabytes > BUDGET) {
  console.error(`${out} has ${megabytes.toFixed(1)} MB; the budget is ${BUDGET} MB. npx vsce ls shows what is in it.`);
  process.exit(1);
}
console.log(`${out}: ${megabytes.toFixed(1)} MB for ${target}\nTo install it: code --install-extension "${out}"`);
