/** Which runs are best by a quantity, and which are in sight. No DOM in here. */
import type { LiveViewState } from '../../panels/protocol';
import type { ShownRun } from './model';

/** Losses and norms are better when they are low; scores and rates when they are high. */
export function lowerIsBetter(quantity: string): boolean {
  return /(loss|norm|seconds|bytes)\b/.test(quantity.replaceAll('_', ' '));
}

/** The best value that a run has measured; undefined where it has none. */
export function bestOf(run: ShownRun, chart: number, quantity: string): number | undefined {
  const values = run.curves[chart]?.raw.filter(Number.isFinite) ?? [];
  if (values.length === 0) return undefined;
  const better = lowerIsBetter(quantity) ? Math.min : Math.max;
  return values.reduce((best, value) => better(best, value));
}

/** The runs that are drawn: not switched off, and of these the best by the second chart if only so many are wanted. Runs without a value come last. */
export function inSight(runs: readonly ShownRun[], { hidden, top }: LiveViewState, quantity: string): ShownRun[] {
  const on = runs.filter(({ run }) => !hidden.includes(run));
  if (top === undefined || on.length <= top) return on;
  const sign = lowerIsBetter(quantity) ? 1 : -1;
  const values = new Map(on.map((run) => [run, bestOf(run, 1, quantity)]));
  const key = (run: ShownRun) => {
    const value = values.get(run);
    return value === undefined ? Number.POSITIVE_INFINITY : sign * value;
  };
  const chosen = new Set([...on].sort((a, b) => key(a) - key(b) || a.index - b.index).slice(0, top));
  return on.filter((run) => chosen.has(run));
}
