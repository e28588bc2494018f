/** What each item adds to a row's score: the ground that two rows are tested on. */
import path from 'node:path';
import type { Prediction } from '../../schemas/generated/prediction';
import { referenceOf } from '../metrics/lines';
import type { Measured } from '../metrics/metric';
import { metrics } from '../metrics/registry';
import { predictionFile } from '../runs/layout';
import type { ScoredRun } from './group';
import type { ComparisonColumn } from './table';

export interface ItemStatistics {
  /** Item id -> terms of the sums that the score is made of; of several seeds their mean. */
  rows: ReadonlyMap<string, ArrayLike<number>>;
  value: Measured['value'];
  /** Every score is 0 or 1. */
  binary: boolean;
}

/**
 * @param seeds runs that differ in nothing but the seed.
 * @returns undefined for metrics that this version does not know, and where the seeds' predictions are not of the same items.
 */
export function statisticsOf(seeds: readonly ScoredRun[], column: ComparisonColumn): ItemStatistics | undefined {
  const each = seeds.map((run) => ofRun(run, column));
  const [first] = each;
  if (!first || each.some((one) => one?.rows.size !== first.rows.size)) return undefined;
  if (each.length === 1) return first;
  const rows = new Map<string, ArrayLike<number>>();
  for (const [id, { length }] of first.rows) {
    const same = each.map((one) => one?.rows.get(id)).filter((row) => row !== undefined);
    if (same.length < each.length) return undefined;
    rows.set(
      id,
      Float64Array.from({ length }, (_, j) => same.reduce((sum, row) => sum + row[j]!, 0) / same.length),
    );
  }
  return { rows, value: first.value, binary: false };
}

function ofRun({ predictions }: ScoredRun, { test, metric: id }: ComparisonColumn): ItemStatistics | undefined {
  const metric = metrics.get(id);
  if (!metric) return undefined;
  const lines = linesOf(predictions, test);
  const stored = lines.map(({ scores }) => scores[id]);
  const binary = metric.scores === 'proportion';
  // The mean of stored scores is the metric itself; a score of the whole corpus, or one that the run did not keep, is measured again.
  if (metric.scores !== 'corpus' && stored.every((score) => score !== undefined)) {
    const rows = new Map(lines.flatMap(({ id: item }, i) => (stored[i] === null ? [] : [[item, [stored[i]!]]])));
    return { rows, value: (sums, n) => sums[0]! / n, binary };
  }
  const counted = lines.filter((line) => metric.applies(referenceOf(line)));
  const { statistics, value } = metric.measure(
    counted.map(({ prediction }) => prediction),
    counted.map(referenceOf),
  );
  return { rows: new Map(counted.map(({ id: item }, i) => [item, statistics[i]!])), value, binary };
}

function linesOf(predictions: ScoredRun['predictions'], test: string): readonly Prediction[] {
  const roles = test === 'validation' ? (['validation'] as const) : (['test', 'transfer'] as const);
  const names = roles.map((role) => path.basename(predictionFile(role, test), '.jsonl'));
  return names.map((name) => predictions.get(name)).find((found) => found !== undefined) ?? [];
}
