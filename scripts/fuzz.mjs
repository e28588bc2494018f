// npm run fuzz [-- --texts N --seed S]: the language server against thousands of broken specs; `npm test` takes a few of them.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';

process.chdir(path.resolve(import.meta.dirname, '..'));
const { values } = parseArgs({
  options: { texts: { type: 'string', default: '5000' }, seed: { type: 'string', default: '1' } },
});
const env = { ...process.env, MEDPEFT_FUZZ_TEXTS: values.texts, MEDPEFT_FUZZ_SEED: values.seed };
const words = ['node_modules/vitest/vitest.mjs', 'run', 'test/lsp/fuzz'];
process.exitCode = spawnSync(process.execPath, words, { stdio: 'inherit', env }).status ?? 1;
