// npm run bench: builds the benchmark and runs it. The other side needs a Python with torch, transformers and peft: --python FILE or MEDPEFT_PYTHON.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import * as esbuild from 'esbuild';

process.chdir(path.resolve(import.meta.dirname, '..'));
await esbuild.build({
  entryPoints: ['bench/main.ts', 'bench/engine.ts', 'bench/step.ts'],
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
process.exitCode =
  spawnSync(process.execPath, ['dist/bench/main.js', ...process.argv.slice(2)], { stdio: 'inherit' }).status ?? 1;
