// npm run bench: builds the benchmarks and runs one: of the engine, with `views` of what reading runs takes in the editor, from an event to the screen, panning and scrolling, with `lsp` of the
// language server, with `backends` of the same programs on each backend, with `large` of a model of 7 billion parameters, with `scaling` of how cost grows, with `data` of what reading data keeps in memory. The engine's other side needs a Python with torch, transformers and peft: --python FILE or MEDPEFT_PYTHON.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import * as esbuild from 'esbuild';

process.chdir(path.resolve(import.meta.dirname, '..'));
const build = (entryPoints, outdir) =>
  esbuild.build({
    entryPoints,
    outdir,
    bundle: true,
    sourcemap: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    mainFields: ['module', 'main'],
    define: { 'import.meta.dirname': '__dirname', 'import.meta.filename': '__filename' },
    external: ['onnxruntime-node', 'sharp', 'esbuild'],
    logLevel: 'warning',
  });
await build(['bench/main.ts', 'bench/engine.ts', 'bench/step.ts', 'bench/data.ts'], 'dist/bench');
await build(['bench/views/opening.ts', 'bench/views/main.ts'], 'dist/bench/views');
await build(['bench/backends/main.ts', 'bench/backends/measure.ts'], 'dist/bench/backends');
await build(['bench/large/main.ts', 'bench/large/run.ts'], 'dist/bench/large');
await build(['bench/scaling/main.ts', 'bench/scaling/side.ts'], 'dist/bench/scaling');
const server = { main: 'bench/lsp/main.ts', json_server: 'bench/lsp/json_server.ts', server: 'server/main.ts' };
await build(server, 'dist/bench/lsp');

const words = process.argv.slice(2);
const inherit = { stdio: 'inherit' };
const node = (...args) => spawnSync(process.execPath, args, inherit).status;
const programs = {
  backends: () => node('dist/bench/backends/main.js', ...words.slice(1)),
  data: () => node('--expose-gc', 'dist/bench/data.js', ...words.slice(1)),
  large: () => node('dist/bench/large/main.js', ...words.slice(1)),
  lsp: () => node('dist/bench/lsp/main.js', ...words.slice(1)),
  scaling: () => node('dist/bench/scaling/main.js', ...words.slice(1)),
  views: () =>
    rmSync('out/views', { recursive: true, force: true }) ||
    node('scripts/build.mjs') ||
    node('dist/bench/views/opening.js') ||
    node('scripts/setup.mjs', '--tests') ||
    node('scripts/package.mjs', '--out', 'out/views.vsix') ||
    node('test/harness/ui.mjs', '--vsix', 'out/views.vsix', '--only', 'latency') ||
    node('test/harness/ui.mjs', '--vsix', 'out/views.vsix', '--only', 'panning') ||
    node('test/harness/ui.mjs', '--vsix', 'out/views.vsix', '--only', 'scrolling') ||
    node('dist/bench/views/main.js'),
};
const run = programs[words[0]] ?? (() => node('dist/bench/main.js', ...words));
process.exitCode = run() ?? 1;
