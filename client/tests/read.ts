/** Plans a spec for the Test Explorer. */
import path from 'node:path';
import { MedpeftError } from '../../runner/errors';
import { loadSpec } from '../../runner/spec';
import type { PlanAnswer } from '../runner/plan';
import type { TestedSpec } from './outline';

/**
 * @param plan plans the spec as it is on disk
 * @throws MedpeftError with the first error of the spec, if it has any
 */
export async function readTestedSpec(
  file: string,
  plan: (specFile: string) => Promise<PlanAnswer>,
): Promise<TestedSpec> {
  const { text, tree, spec } = loadSpec(file);
  const { runs, diagnostics } = await plan(file);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  if (first) {
    const more = errors.length > 1 ? ` (1 of ${errors.length} errors)` : '';
    const line = first.range.start.line + 1;
    throw new MedpeftError(first.code, `line ${line}: ${first.message}${more}`, first.hint, file);
  }
  const named = [...Object.values(spec?.models ?? {}), ...Object.values(spec?.datasets ?? {})];
  const uses = named.flatMap(({ path: one }) => (one ? [path.resolve(path.dirname(file), one)] : []));
  return { text, tree, uses, expectations: spec?.expect ?? [], runs };
}
