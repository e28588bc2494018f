/** Bundles the programs from the present source once, before all tests, for those that run them as processes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import type { TestProject } from 'vitest/node';
import type { Programs } from './programs';

const root = path.resolve(import.meta.dirname, '..');

export default async function bundle(project: TestProject): Promise<() => void> {
  // Native packages are found from within the project; the server is to stand alone, far from any.
  const beside = path.join(root, 'out', `programs-${process.pid}`);
  const alone = mkdtempSync(path.join(tmpdir(), 'medpeft-server-'));
  const into = (outdir: string, entryPoints: Record<string, string>) =>
    build({
      entryPoints,
      absWorkingDir: root,
      outdir,
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      mainFields: ['module', 'main'],
      external: outdir === beside ? ['onnxruntime-node', 'sharp'] : [],
      define: { 'import.meta.dirname': '__dirname' },
      logLevel: 'warning',
    });
  const server = { server: 'server/main.ts' };
  const programs = { cli: 'runner/cli/main.ts', worker: 'runner/worker.ts', contest: 'runner/contest.ts', ...server };
  await Promise.all([into(beside, programs), into(alone, server)]);
  project.provide('programs', {
    cli: path.join(beside, 'cli.js'),
    worker: path.join(beside, 'worker.js'),
    server: path.join(alone, 'server.js'),
  } satisfies Programs);
  return () => {
    for (const folder of [beside, alone]) rmSync(folder, { recursive: true, force: true });
  };
}
