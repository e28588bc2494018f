/** The runs as lines of the two charts. */
import type { Line } from './chart';
import { labelOf, type ShownRun } from './model';

/** Metrics of the validation scores so far, and `loss` if validation has one. */
export function metricsOf(runs: readonly ShownRun[]): string[] {
  const names = runs.flatMap(({ evaluations }) => evaluations.flatMap(({ metrics }) => Object.keys(metrics)));
  const withLoss = runs.some(({ evaluations }) => evaluations.some(({ loss }) => loss !== undefined));
  return [...new Set(withLoss ? [...names, 'loss'] : names)];
}

export function lossLines(runs: readonly ShownRun[], hidden: ReadonlySet<string>, smoothing: number): Line[] {
  return visible(runs, hidden).map((run) => ({
    label: labelOf(run, runs),
    index: run.index,
    steps: run.steps,
    values: smoothing > 0 ? run.smooth : run.raw,
    raw: smoothing > 0 ? run.raw : undefined,
    points: false,
  }));
}

export function metricLines(
  runs: readonly ShownRun[],
  hidden: ReadonlySet<string>,
  metric: string | undefined,
): Line[] {
  return visible(runs, hidden).map((run) => ({
    label: labelOf(run, runs),
    index: run.index,
    steps: run.evaluations.map(({ step }) => step),
    values: run.evaluations.map(({ metrics, loss }) =>
      metric === 'loss' ? loss : metric ? (metrics[metric]?.value ?? undefined) : undefined,
    ),
    points: true,
  }));
}

const visible = (runs: readonly ShownRun[], hidden: ReadonlySet<string>) => runs.filter(({ run }) => !hidden.has(run));
