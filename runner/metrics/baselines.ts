/** What must be beaten before a score means anything: answers that never look at the image. */
import type { MetricValues } from '../../schemas/generated/result';
import type { Reference } from './metric';
import { normalizeAnswer } from './normalize';
import { scoreItems } from './score';

interface AnsweredItem {
  question?: string;
  answer: string;
  answerType?: 'closed' | 'open';
  candidates?: Reference['candidates'];
}

export interface Baseline {
  id: string;
  /** What it answers, for people. */
  description: string;
  predict(item: AnsweredItem): string;
}

/**
 * Fits the baselines on the training items: `constant_answer`, the most frequent normalised answer; `majority_per_type`, the most frequent one
 * of closed and of open items; `question_only`, by the words of the question. Of equally frequent answers the alphabetically first is taken.
 */
export function fitBaselines(train: readonly AnsweredItem[]): Baseline[] {
  return fitAnswers(train.map((item) => ({ ...item, answer: normalizeAnswer(item.answer) })));
}

/** The same for chats, with answers as they are written: their metrics compare texts, too. */
export function fitChatBaselines(train: readonly AnsweredItem[]): Baseline[] {
  return fitAnswers(train);
}

function fitAnswers(train: readonly AnsweredItem[]): Baseline[] {
  const constant = mostFrequent(train);
  if (!constant) return [];
  const ofType = (type: 'closed' | 'open') =>
    (mostFrequent(train.filter(({ answerType }) => answerType === type)) ?? constant).answer;
  const byType = { closed: ofType('closed'), open: ofType('open') };
  const byQuestion = questionOnly(train);
  return [
    always(constant, train.length),
    {
      id: 'majority_per_type',
      description: `answers "${byType.closed}" to closed and "${byType.open}" to open questions`,
      predict: ({ answerType }) => (answerType ? byType[answerType] : constant.answer),
    },
    ...(train.some(({ question }) => question !== undefined)
      ? [
          {
            id: 'question_only',
            description:
              'gives the most frequent training answer to the same question, else to questions of the same type that begin with the same two words, else of the same type',
            predict: (item: AnsweredItem) =>
              byQuestion(item) ?? (item.answerType ? byType[item.answerType] : constant.answer),
          },
        ]
      : []),
  ];
}

/** The baseline of texts such as reports, as they are: `constant_answer`, the most frequent one. */
export function fitTextBaselines(train: readonly AnsweredItem[]): Baseline[] {
  const constant = mostFrequent(train);
  return constant ? [always(constant, train.length)] : [];
}

function always({ answer, count }: { answer: string; count: number }, of: number): Baseline {
  const shown = answer.length > 80 ? `${answer.slice(0, 80)}…` : answer;
  return {
    id: 'constant_answer',
    description: `always answers "${shown}" (${count} of ${of} training answers)`,
    predict: () => answer,
  };
}

/** Answers by what the question says, blind to the image; undefined where nothing like it was asked in training. */
function questionOnly(train: readonly AnsweredItem[]): (item: AnsweredItem) => string | undefined {
  const byKey = new Map<string, AnsweredItem[]>();
  for (const item of train)
    for (const key of questionKeys(item)) {
      const alike = byKey.get(key);
      if (alike) alike.push(item);
      else byKey.set(key, [item]);
    }
  const best = new Map([...byKey].map(([key, items]) => [key, mostFrequent(items)!.answer]));
  return (item) =>
    questionKeys(item)
      .map((key) => best.get(key))
      .find((answer) => answer !== undefined);
}

/** From special to general. */
function questionKeys({ question, answerType }: AnsweredItem): string[] {
  if (question === undefined) return [];
  const normal = normalizeAnswer(question);
  return [`= ${normal}`, `${answerType ?? ''} ${normal.split(' ').slice(0, 2).join(' ')} …`];
}

/** Scores baselines on each test split: the `baselines` of a run's result. */
export function scoreBaselines(
  baselines: readonly Baseline[],
  tests: ReadonlyMap<string, readonly AnsweredItem[]>,
  metricIds: readonly string[],
): Record<string, { description: string; metrics: Record<string, MetricValues> }> {
  return Object.fromEntries(
    baselines.map(({ id, description, predict }) => {
      const metrics = [...tests].map(
        ([split, items]) => [split, scoreItems(items, items.map(predict), metricIds).values] as const,
      );
      return [id, { description, metrics: Object.fromEntries(metrics) }];
    }),
  );
}

function mostFrequent(items: readonly AnsweredItem[]): { answer: string; count: number } | undefined {
  const counts = new Map<string, number>();
  for (const { answer } of items) counts.set(answer, (counts.get(answer) ?? 0) + 1);
  const [best] = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return best && { answer: best[0], count: best[1] };
}
