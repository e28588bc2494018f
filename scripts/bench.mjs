// npm run bench: builds the benchmarks and runs one: of the engine, or with `views` of what reading runs takes in the editor (drawing: npm run bench:views).
// The other side needs a Python with torch, transformers and peft: --python FILE or MEDPEFT_PYTHON.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import * as esbuild from 'esbuild';

process.chdir(path.resolve(import.meta.dirname, '..'));
await esbuild.build({
  entryPoints: ['bench/main.ts', 'bench/engine.ts', 'bench/step.ts', 'bench/views.ts'],
  outdir: 'dist/bench',
  bundle: true,
  sourcemap: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  mainFields: ['module', 'main'],
  external: ['onnxruntime-node', 'sharp'],
  logLevel: 'warning',
});
const words = process.argv.slice(2);
const inherit = { stdio: 'inherit' };
process.exitCode =
  (words[0] === 'views'
    ? spawnSync(process.execPath, ['scripts/build.mjs'], inherit).status ||
      spawnSync(process.execPath, ['dist/bench/views.js'], inherit).status ||
      spawnSync('npm', ['run', 'bench:views'], inherit).status
    : spawnSync(process.execPath, ['dist/bench/main.js', ...words], inherit).status) ?? 1;
