import { availableParallelism } from 'node:os';
import path from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/{unit,lsp,parity,slurm}/**/*.test.ts'],
    globalSetup: 'test/programs.setup.ts',
    pool: 'forks',
    // Files of a worker share what they import: a fifth of the processor time of all tests was importing the same again. So no test may leave anything changed in a module.
    isolate: false,
    // One more than by default: some tests wait for other processes, and two cores would have one worker.
    maxWorkers: Math.max(2, availableParallelism()),
    env: { MEDPEFT_CACHE: path.resolve('out/cache') },
    // Far beyond what a busy machine needs: no test says how quick anything is, benchmarks do.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
