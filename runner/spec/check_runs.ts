/** What only a plan can tell of a spec without errors: runs that cannot be planned, and runs that this machine has not the memory for. */
import { type Diagnostic, MedpeftError } from '../errors';
import { budgetOf } from '../plan/memory_budget';
import { planRuns } from '../plan/plan';
import type { Resources } from '../plan/resources';
import type { PlannedRun } from '../plan/types';
import { expandMethods } from './combine';
import { placesOf } from './places';
import { canRead } from './records';
import { diagnose, type Finding } from './report';
import type { SpecFile } from './types';

/** @param found what is known to be wrong: a spec with errors is not planned, and nothing is told twice */
export async function checkRuns(
  loaded: SpecFile,
  found: readonly Diagnostic[],
  resources: Resources,
): Promise<Diagnostic[]> {
  const { file, spec, text, tree, bases } = loaded;
  if (!spec || found.some(({ severity }) => severity === 'error')) return [];
  for (const task of Object.values(spec.tasks ?? {})) if (!(await canRead(spec, task, file))) return [];
  // Replicates need what the first one needs.
  const seeds = spec.seeds && { seeds: spec.seeds.slice(0, 1) };
  const { runs, diagnostics } = await planRuns(loaded, seeds, { resources });
  const keyOf = ({ code, path }: Diagnostic) => JSON.stringify([code, path]);
  // What lacks on disk has been told at its own place, and more mildly.
  const told = new Set(found.flatMap((one) => [keyOf(one), ...(/^MP[23]/.test(one.code) ? [one.code] : [])]));
  const methodOf = new Map(expandMethods(spec.methods ?? {}).map(({ name, from }) => [name, from]));
  const places = placesOf(text, tree);
  const large = new Map<string, Finding>();
  for (const run of smallestFirst(runs)) {
    const finding = tooLarge(run, methodOf);
    if (finding) large.set(String(finding.path), finding);
  }
  return [
    ...diagnostics.filter((diagnostic) => !told.has(keyOf(diagnostic)) && !told.has(diagnostic.code)),
    ...[...large.values()].map((finding) => diagnose(finding, places, bases.length > 0)),
  ];
}

/** So that the largest run is what is told of a place. */
const smallestFirst = (runs: readonly PlannedRun[]) =>
  [...runs].sort((a, b) => (a.memory?.leastBytes ?? 0) - (b.memory?.leastBytes ?? 0));

/** At the method, or at the limit that the spec itself sets. */
function tooLarge(run: PlannedRun, methodOf: ReadonlyMap<string, string>): Finding | undefined {
  try {
    budgetOf(run);
    return undefined;
  } catch (error) {
    if (!(error instanceof MedpeftError)) throw error;
    const limited = run.runtime.memory !== 'auto';
    return {
      code: 'MP4014',
      severity: 'warning',
      path: limited ? ['runtime', 'memory'] : ['methods', methodOf.get(run.methodName) ?? run.methodName],
      ...(limited ? {} : { at: 'key' as const }),
      message: `${run.modelName}, ${run.taskName}, ${run.methodName}: ${error.message}`,
      hint: error.hint,
    };
  }
}
