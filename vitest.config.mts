import path from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/{unit,lsp,parity,slurm}/**/*.test.ts'],
    pool: 'forks',
    env: { MEDPEFT_CACHE: path.resolve('out/cache') },
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
