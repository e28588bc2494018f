/** What must be beaten before a score means anything: answers that never look at the image. */
import type { MetricValues } from '../../schemas/generated/result';
import { normalizeAnswer } from './normalize';
import { scoreItems } from './score';

interface AnsweredItem {
  answer: string;
  answerType?: 'closed' | 'open';
}

export interface Baseline {
  id: string;
  /** What it answers, for people. */
  description: string;
  predict(item: AnsweredItem): string;
}

/**
 * Fits the baselines on the training items (at least one):
 * `constant_answer`, the most frequent normalised answer, and `majority_per_type`, the most frequent one of closed and of open items.
 * Of equally frequent answers the alphabetically first is taken.
 */
export function fitBaselines(train: readonly AnsweredItem[]): Baseline[] {
  const constant = mostFrequent(train);
  const byType = {
    closed: mostFrequent(train.filter(({ answerType }) => answerType === 'closed')) ?? constant,
    open: mostFrequent(train.filter(({ answerType }) => answerType === 'open')) ?? constant,
  };
  if (!constant || !byType.closed || !byType.open) return [];
  return [
    {
      id: 'constant_answer',
      description: `always answers "${constant.answer}" (${constant.count} of ${train.length} training answers)`,
      predict: () => constant.answer,
    },
    {
      id: 'majority_per_type',
      description: `answers "${byType.closed.answer}" to closed and "${byType.open.answer}" to open questions`,
      predict: ({ answerType }) => (answerType ? byType[answerType]! : constant).answer,
    },
  ];
}

/** Scores the baselines on each test split: the `baselines` of a run's result. */
export function scoreBaselines(
  train: readonly AnsweredItem[],
  tests: ReadonlyMap<string, readonly AnsweredItem[]>,
  metricIds: readonly string[],
): Record<string, { description: string; metrics: Record<string, MetricValues> }> {
  return Object.fromEntries(
    fitBaselines(train).map(({ id, description, predict }) => {
      const metrics = [...tests].map(
        ([split, items]) => [split, scoreItems(items, items.map(predict), metricIds).values] as const,
      );
      return [id, { description, metrics: Object.fromEntries(metrics) }];
    }),
  );
}

function mostFrequent(items: readonly AnsweredItem[]): { answer: string; count: number } | undefined {
  const counts = new Map<string, number>();
  for (const { answer } of items) {
    const normal = normalizeAnswer(answer);
    counts.set(normal, (counts.get(normal) ?? 0) + 1);
  }
  const [best] = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return best && { answer: best[0], count: best[1] };
}
