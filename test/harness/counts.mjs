// The closing line that scripts/test.mjs adds up: `<name>: N passed, N failed, N skipped`.
import { readFileSync } from 'node:fs';

/** Prints the closing line and leaves: exit code 1 when anything failed. */
export function finish(name, { passed, failed, skipped }, broken = false) {
  console.log(`${name}: ${passed} passed, ${failed || (broken ? 1 : 0)} failed, ${skipped} skipped`);
  process.exit(failed || broken ? 1 : 0);
}

/** Where no VS Code can be started, every test counts as skipped, with the command that would change it; in CI that is a failure. */
export function skipAll(name, sources, why) {
  const tests = sources.flatMap((file) => readFileSync(file, 'utf8').match(/^\s*(test|await step)\(/gm) ?? []);
  console.log(`${name}: ${why}; to run these tests: node scripts/setup.mjs --tests`);
  finish(name, { passed: 0, failed: 0, skipped: tests.length }, Boolean(process.env.CI));
}
