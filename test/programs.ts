/** The command line and its worker, bundled from the present source for tests that run them as processes. */
import { rmSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');

/** Bundles them before the tests of the file that calls this, within the project, where their native packages are found. */
export function withPrograms(): { cli: string; worker: string } {
  const folder = path.join(root, 'out', `programs-${process.pid}`);
  beforeAll(() =>
    build({
      entryPoints: { cli: 'runner/cli/main.ts', worker: 'runner/worker.ts', contest: 'runner/contest.ts' },
      absWorkingDir: root,
      outdir: folder,
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      mainFields: ['module', 'main'],
      external: ['onnxruntime-node', 'sharp'],
      define: { 'import.meta.dirname': '__dirname' },
      logLevel: 'warning',
    }),
  );
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return { cli: path.join(folder, 'cli.js'), worker: path.join(folder, 'worker.js') };
}
