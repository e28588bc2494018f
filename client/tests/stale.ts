/** Results that are of another spec, other data or another checkpoint than there are now. Pure. */
import type { ExpectedRun } from '../../runner/reports/expectations';
import type { RunSummary } from '../runs/store';

/**
 * Ids of planned runs that were never started as they are now, while one of the same name has a result.
 * @param ofSpec the runs that the spec has ever started: what a run uses is in its id, so another id is another spec, other data or another checkpoint
 */
export function staleRuns(planned: readonly ExpectedRun[], ofSpec: readonly RunSummary[]): Set<string> {
  const ids = new Set(planned.map(({ id }) => id));
  const begun = new Set(ofSpec.map(({ id }) => id));
  const key = (run: Pick<ExpectedRun, 'model' | 'task' | 'method' | 'seed' | 'sweep'>) =>
    JSON.stringify([run.model, run.task, run.method, run.seed, run.sweep ?? {}]);
  const earlier = new Set(
    ofSpec.flatMap(({ id, result, manifest }) => (result && !ids.has(id) ? [key(manifest)] : [])),
  );
  return new Set(planned.flatMap((run) => (!begun.has(run.id) && earlier.has(key(run)) ? [run.id] : [])));
}
