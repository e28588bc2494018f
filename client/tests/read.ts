/** Plans a spec for the Test Explorer. */

import { MedpeftError } from '../../runner/errors';
import { planRuns } from '../../runner/plan';
import { expectedRuns } from '../../runner/reports/expectations';
import { loadSpec } from '../../runner/spec';
import type { TestedSpec } from './outline';

/** @throws MedpeftError with the first error of the spec, if it has any */
export async function readTestedSpec(file: string): Promise<TestedSpec> {
  const spec = loadSpec(file);
  const { runs, diagnostics } = await planRuns(spec);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  if (first) {
    const more = errors.length > 1 ? ` (1 of ${errors.length} errors)` : '';
    const line = first.range.start.line + 1;
    throw new MedpeftError(first.code, `line ${line}: ${first.message}${more}`, first.hint, file);
  }
  return {
    text: spec.text,
    tree: spec.tree,
    expectations: spec.spec?.expect ?? [],
    runs: spec.spec ? expectedRuns(spec.spec, runs) : [],
  };
}
