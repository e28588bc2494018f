/** What a metric is. One file a metric; `metrics` in index.ts lists them; docs/metrics.md has formula and source of each. */

/** What a prediction is judged against. */
export interface Reference {
  /** One answer, or several of which any is right. */
  answer: string | readonly string[];
  answerType?: 'closed' | 'open';
}

export interface Metric {
  id: string;
  /** One line: the rule. Shown on hover and in reports. */
  summary: string;
  /** Scores are 0 or 1 (then the interval is Wilson's), or anything between (then a bootstrap's). */
  scores: 'proportion' | 'mean';
  /** Whether the item counts at all. */
  applies(item: Reference): boolean;
  /** The item's score in 0..1. Called only where the metric applies. */
  score(prediction: string, item: Reference): number;
}
