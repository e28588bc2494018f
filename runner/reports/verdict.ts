/** What a metric says of a single answer. */
import type { Prediction } from '../../schemas/generated/prediction';

export type Verdict = 'right' | 'partly' | 'wrong' | 'unscored';

/** 1 is right, 0 wrong, anything between partly right; without a score, or where the metric does not apply, unscored. */
export function verdictOf({ scores }: Pick<Prediction, 'scores'>, metric: string | undefined): Verdict {
  const score = metric === undefined ? undefined : scores[metric];
  if (typeof score !== 'number') return 'unscored';
  if (score >= 1) return 'right';
  return score > 0 ? 'partly' : 'wrong';
}

/** What decides whether an answer counts as right: a metric that scores every item; the task's own choice if it does. */
export function decidingMetric(predictions: readonly Prediction[], selectBy: unknown): string | undefined {
  const first = predictions[0];
  if (!first) return undefined;
  const complete = Object.keys(first.scores).filter((metric) =>
    predictions.every(({ scores }) => typeof scores[metric] === 'number'),
  );
  return complete.find((metric) => metric === selectBy) ?? complete[0];
}
