import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'vitest';
import { tfjsFolder } from '../runner/backends/tfjs/place';

/** For `vi.waitFor`, whose own second is less than a busy machine may need. */
export const patience = { timeout: 120_000, interval: 20 };

/** Folder of golden values and real data, beside the project; `MEDPEFT_SHARED` names another place. */
const shared = process.env.MEDPEFT_SHARED ?? path.resolve(import.meta.dirname, '../../shared');

export function sharedPath(...parts: string[]): string {
  return path.join(shared, ...parts);
}

/** A suite that needs a shared folder: skipped, with its name saying so, for those who lack it; a failure in CI. */
export function describeShared(folder: string, name: string, suite: () => void): void {
  const here = existsSync(sharedPath(folder));
  if (!here && process.env.CI)
    throw new Error(`${sharedPath(folder)} is missing; in CI these tests may not be skipped`);
  if (here) describe(name, suite);
  // the suite itself would look for its files while it is collected
  else describe(name, () => it.skip(`needs ../shared/${folder}`));
}

/** Whether `npm run setup:tfjs` was run here. In CI it must have been. */
export function hasTfjs(): boolean {
  const here = existsSync(tfjsFolder('cpu'));
  if (!here && process.env.CI)
    throw new Error(`${tfjsFolder('cpu')} is missing; in CI the tests of backend tfjs may not be skipped`);
  return here;
}
