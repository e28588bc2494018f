/** docs/spec.md says what the schema says. */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { expect, it } from 'vitest';

it('docs/spec.md is made from the schema as it is (node scripts/spec-reference.mjs)', () => {
  const script = path.resolve(import.meta.dirname, '../../../scripts/spec-reference.mjs');
  expect(execFileSync(process.execPath, [script, '--check'], { encoding: 'utf8' })).toBe('');
});
