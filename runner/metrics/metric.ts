/** What a metric is. One file a metric; `metrics` in registry.ts lists them; docs/metrics.md has formula and source of each. */

/** What a prediction is judged against. */
export interface Reference {
  /** One answer, or several of which any is right. */
  answer: string | readonly string[];
  answerType?: 'closed' | 'open';
  /** The answers that this one was chosen from, or how many they were. */
  candidates?: readonly string[] | number;
  /** CheXpert's findings in the reference and in the prediction: 1, 0 or -1; blank: no entry. */
  labels?: Readonly<Record<string, number>>;
  predictedLabels?: Readonly<Record<string, number>>;
}

/**
 * Predictions as measured by one metric. Every score here, of a corpus too, is a function of sums over items: so one bootstrap and one
 * permutation test serve all metrics.
 */
export interface Measured {
  /** Each item's own score, as stored beside the item. */
  items: readonly number[];
  /** Of each item, the terms of the sums that the score is made of; all of one length. */
  statistics: readonly ArrayLike<number>[];
  /** The score of a set of items, of the sums of their statistics and their number (at least 1). */
  value(sums: ArrayLike<number>, n: number): number;
}

export interface Metric {
  id: string;
  /** One line: the rule. Shown on hover and in reports. */
  summary: string;
  /** `proportion`: mean of scores of 0 or 1. `mean`: mean of other scores. `corpus`: of all items together; it is not the mean of theirs. */
  scores: 'proportion' | 'mean' | 'corpus';
  /** Whether the item counts at all. */
  applies(item: Reference): boolean;
  /** Measures predictions of items that it applies to, in their order. */
  measure(predictions: readonly string[], items: readonly Reference[]): Measured;
}

interface ItemMetric extends Pick<Metric, 'id' | 'summary' | 'applies'> {
  scores: 'proportion' | 'mean';
  /** The score of one item, whatever the others are. */
  score(prediction: string, item: Reference): number;
}

/** A metric that is the mean of its items' scores. */
export function meanOverItems({ score, ...metric }: ItemMetric): Metric {
  return { ...metric, measure: (predictions, items) => meanOf(items.map((item, i) => score(predictions[i]!, item))) };
}

/** Item scores that are simply averaged. */
export function meanOf(items: readonly number[]): Measured {
  return { items, statistics: items.map((score) => [score]), value: (sums, n) => sums[0]! / n };
}
