/** Predictions to scores: item by item, and of all with n and interval. */
import type { MetricValue, MetricValues } from '../../schemas/generated/result';
import { bootstrap, wilson } from './interval';
import type { Measured, Metric, Reference } from './metric';
import { metricOf } from './registry';

export interface Scores {
  /** Item by item, in their order: metric id -> score, null where the metric does not apply. */
  items: Record<string, number | null>[];
  /** Metric id -> score of the items that it applies to, n and 95 % interval. */
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
  const rows: Record<string, number | null>[] = items.map(() => ({}));
  const values: MetricValues = {};
  for (const metric of metricIds.map(metricOf)) {
    const applicable = [...items.keys()].filter((i) => metric.applies(items[i]!));
    const measured = metric.measure(
      applicable.map((i) => predictions[i]!),
      applicable.map((i) => items[i]!),
    );
    for (const row of rows) row[metric.id] = null;
    for (const [at, i] of applicable.entries()) rows[i]![metric.id] = measured.items[at]!;
    values[metric.id] = aggregate(metric, measured);
  }
  return { items: rows, values };
}

/** Score, n and 95 % interval of what one metric measured. */
function aggregate({ scores }: Metric, measured: Measured): MetricValue {
  const n = measured.items.length;
  if (n === 0) return { value: null, n };
  const sums = sumsOf(measured.statistics);
  const interval = scores === 'proportion' ? wilson(sums[0]!, n) : bootstrap(measured);
  return { value: measured.value(sums, n), n, ...interval };
}

/** Sums of the statistics over items. */
export function sumsOf(statistics: Measured['statistics']): Float64Array {
  const sums = new Float64Array(statistics[0]?.length ?? 0);
  for (const row of statistics) for (let j = 0; j < sums.length; j++) sums[j]! += row[j]!;
  return sums;
}
