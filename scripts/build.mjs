// Bundles the programs into dist/ and the suite that runs inside VS Code into out/. A program whose source is not there is left out.
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as esbuild from 'esbuild';

process.chdir(path.resolve(import.meta.dirname, '..'));

/** Output name -> source of what runs in Node or in the editor's extension host. */
const programs = {
  extension: 'client/extension.ts',
  thread: 'client/panels/thread.ts',
  server: 'server/main.ts',
  cli: 'runner/cli/main.ts',
  worker: 'runner/worker.ts',
  contest: 'runner/contest.ts',
};

const sourcesIn = (folder) =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
        .map((name) => path.join(folder, name))
    : [];

const common = { bundle: true, sourcemap: true, logLevel: 'warning', legalComments: 'none', metafile: true };

/** CommonJS for Node: natives stay outside, since they find their binaries by their own place. */
const forNode = {
  ...common,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  // jsonc-parser and the language services ship a UMD `main` whose requires cannot be bundled, and an ES `module` beside it.
  mainFields: ['module', 'main'],
  define: { 'import.meta.dirname': '__dirname', 'import.meta.filename': '__filename' },
  external: ['vscode', 'mocha', 'onnxruntime-node', 'sharp'],
};

/** One script a page for the sandboxed views, with the style sheets they import beside it. */
const forViews = { ...common, platform: 'browser', target: 'es2022', format: 'iife', minify: true };

const jobs = [
  {
    ...forNode,
    entryPoints: Object.fromEntries(Object.entries(programs).filter(([, source]) => existsSync(source))),
    outdir: 'dist',
  },
  { ...forNode, entryPoints: sourcesIn('scripts'), outdir: 'dist/scripts' },
  { ...forViews, entryPoints: sourcesIn('client/webview'), outdir: 'dist/webview' },
  { ...forNode, entryPoints: sourcesIn('test/suite'), outdir: 'out/test/suite' },
];

// Every file in there is a test that gets run: a test that was deleted must go. The rest is overwritten, since a run may be using it.
rmSync('out/test/suite', { recursive: true, force: true });
const results = await Promise.all(
  jobs.filter(({ entryPoints }) => Object.keys(entryPoints).length > 0).map((job) => esbuild.build(job)),
);
const outputs = results
  .flatMap(({ metafile }) => Object.keys(metafile.outputs))
  .filter((file) => !file.endsWith('.map'));
console.log(`built ${outputs.sort().join(', ')}`);

/** The licences of the packages that are inside the bundles: they ask to travel with them. */
function notices(inputs) {
  const folders = inputs.map((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0]).filter(Boolean);
  return [...new Set(folders)].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file ? readFileSync(path.join(folder, file), 'utf8').trim() : '';
    return `${name} ${version} (${license})\n\n${text}\n`;
  });
}
mkdirSync('dist/codecs', { recursive: true });
// WebAssembly that the bundled codecs read from beside them (runner/data/images/dicom/codecs.ts).
for (const file of ['codec-openjpeg/dist/openjpegwasm_decode.wasm', 'codec-charls/dist/charlswasm_decode.wasm'])
  copyFileSync(path.join('node_modules/@cornerstonejs', file), path.join('dist/codecs', path.basename(file)));
const inputs = results.flatMap(({ metafile }) => Object.keys(metafile.inputs));
writeFileSync('dist/THIRD_PARTY_NOTICES.txt', notices(inputs).join(`\n${'-'.repeat(80)}\n\n`));
