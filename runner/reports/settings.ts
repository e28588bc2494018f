/** What the spec of some runs asks of their comparison. */
import { existsSync } from 'node:fs';
import type { Spec } from '../../schemas/generated/spec';
import type { RunSummary } from '../runs';
import { loadSpec } from '../spec';

/** `compare` of the spec that all runs come from; none where they come from several, or where it is gone or broken by now. */
export function comparisonSettings(runs: readonly RunSummary[]): Spec['compare'] {
  const files = new Set(runs.map(({ manifest }) => manifest.spec?.file));
  const [file] = files;
  return files.size === 1 && file !== undefined && existsSync(file) ? loadSpec(file).spec?.compare : undefined;
}
