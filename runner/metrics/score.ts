/** Predictions to scores: item by item, and their mean with n and interval. */
import type { MetricValue, MetricValues } from '../../schemas/generated/result';
import { bootstrapMean, wilson } from './interval';
import type { Metric, Reference } from './metric';
import { metricOf } from './registry';

export interface Scores {
  /** Item by item, in their order: metric id -> score, null where the metric does not apply. */
  items: Record<string, number | null>[];
  /** Metric id -> mean over the items it applies to, n and 95 % interval. */
  values: MetricValues;
}

/**
 * Scores predictions against their items.
 * @param predictions one for each item, in the same order.
 * @throws MP1106 unknown metric.
 */
export function scoreItems(
  items: readonly Reference[],
  predictions: readonly string[],
  metricIds: readonly string[],
): Scores {
  if (items.length !== predictions.length)
    throw new RangeError(`${items.length} items but ${predictions.length} predictions`);
  const chosen = metricIds.map(metricOf);
  const scores = items.map((item, i) =>
    Object.fromEntries(
      chosen.map((metric) => [metric.id, metric.applies(item) ? metric.score(predictions[i]!, item) : null]),
    ),
  );
  const values = Object.fromEntries(
    chosen.map((metric) => [
      metric.id,
      aggregate(
        metric,
        scores.map((row) => row[metric.id]!).filter((score) => score !== null),
      ),
    ]),
  );
  return { items: scores, values };
}

/** Mean, n and 95 % interval of one metric's scores. */
export function aggregate(metric: Metric, scores: readonly number[]): MetricValue {
  const n = scores.length;
  if (n === 0) return { value: null, n };
  const sum = scores.reduce((total, score) => total + score, 0);
  const interval = metric.scores === 'proportion' ? wilson(sum, n) : bootstrapMean(scores);
  return { value: sum / n, n, ...interval };
}
