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

/** `3 of 6 runs finished, the last on 2026-11-23`, and how many have only a result of earlier settings or data; undefined before the first result. */
export function progressTitle({ planned, runs }: Pick<SpecFacts, 'planned' | 'runs'>): string | undefined {
  const finished = runs.filter(({ state }) => state === 'finished');
  const current = finished.filter(({ stale }) => !stale);
  const old = finished.length - current.length;
  const last = lastResult(current)?.finished?.slice(0, 10);
  if (finished.length === 0) return undefined;
  const title = `${current.length} of ${planned.length} runs finished${last === undefined ? '' : `, the last on ${last}`}`;
  return old > 0
    ? `$(warning) ${title}; ${old} ${old === 1 ? 'has a result' : 'have results'} of earlier settings or data`
    : `$(check) ${title}`;
}
