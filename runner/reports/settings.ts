/** What the spec of some runs asks of their comparison. */
import { existsSync } from 'node:fs';
import type { Spec } from '../../schemas/generated/spec';
import type { RunSummary } from '../runs';
import { loadSpec } from '../spec';

/** The files of the specs that runs came from; undefined stands for runs whose manifest names none. */
export const specFilesOf = (runs: readonly RunSummary[]): (string | undefined)[] => [
  ...new Set(runs.map(({ manifest }) => manifest.spec?.file)),
];

/** `compare` of the spec that runs come from; none where they come from several, or where it is gone or broken by now. */
export function comparisonSettings(specFiles: readonly (string | undefined)[]): Spec['compare'] {
  const [file] = specFiles;
  return specFiles.length === 1 && file !== undefined && existsSync(file) ? loadSpec(file).spec?.compare : undefined;
}
