/** What the run folders say of a method, in the few words of a lens. */
import { percent } from '../../runner/reports/format';
import type { RunFacts, SpecFacts } from '../plans/plan-facts';

const stopped = ['cancelled', 'interrupted', 'failed'];

/** A run that was stopped before its end and can go on: the settings are still its own. */
export function resumable(runs: readonly RunFacts[]): RunFacts | undefined {
  return runs.find(({ state, stale }) => !stale && stopped.includes(state));
}

/** The last finished run; one of earlier settings or data only where there is no other. */
export function lastResult(runs: readonly RunFacts[]): RunFacts | undefined {
  const finished = runs.filter(({ state, finished: at }) => state === 'finished' && at !== undefined);
  return finished.sort(
    (a, b) => Number(a.stale) - Number(b.stale) || ((a.finished ?? '') < (b.finished ?? '') ? 1 : -1),
  )[0];
}

/** `exact_match 37.8 on 2026-11-23` (in percent, as the tables have it), with a warning where spec or data have changed since. */
export function resultTitle({ score, finished = '', stale }: RunFacts): string {
  const date = finished.slice(0, 10);
  const reached = score ? `${score.metric} ${percent(score.value)} on ${date}` : `finished on ${date}`;
  return stale ? `$(warning) ${reached}, spec or data changed since` : `$(check) ${reached}`;
}

/** `3 of 6 runs finished, the last on 2026-11-23`; undefined before the first. Results of earlier settings or data do not count. */
export function progressTitle({ planned, runs }: Pick<SpecFacts, 'planned' | 'runs'>): string | undefined {
  const finished = runs.filter(({ state, stale }) => state === 'finished' && !stale);
  const last = lastResult(finished)?.finished?.slice(0, 10);
  if (last === undefined) return undefined;
  return `$(check) ${finished.length} of ${planned.length} runs finished, the last on ${last}`;
}
