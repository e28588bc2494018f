/**
 * Token overlap of prediction and reference, each word as often as it occurs in both.
 * Source of the definition: SQuAD's evaluate-v1.1.py (`f1_score`), with VQA-v2 normalisation in place of SQuAD's.
 */
import { type Metric, meanOverItems, type Reference } from './metric';
import { answerTokens } from './normalize';
import { answersOf } from './reference';

export interface Overlap {
  recall: number;
  precision: number;
  f1: number;
}

/** Both empty: all 1; one empty: all 0. */
export function overlap(prediction: string, reference: string): Overlap {
  const own = answerTokens(prediction);
  const wanted = answerTokens(reference);
  const left = new Map<string, number>();
  for (const token of wanted) left.set(token, (left.get(token) ?? 0) + 1);
  let shared = 0;
  for (const token of own) {
    const count = left.get(token) ?? 0;
    if (count > 0) shared++;
    left.set(token, count - 1);
  }
  if (shared === 0) {
    const both = own.length === 0 && wanted.length === 0 ? 1 : 0;
    return { recall: both, precision: both, f1: both };
  }
  const recall = shared / wanted.length;
  const precision = shared / own.length;
  return { recall, precision, f1: (2 * precision * recall) / (precision + recall) };
}

/** A metric over open items made of one side of the overlap; of several references the best counts. */
export function openOverlap(id: string, summary: string, side: keyof Overlap): Metric {
  return meanOverItems({
    id,
    summary,
    scores: 'mean',
    applies: ({ answerType }) => answerType === 'open',
    score: (prediction: string, item: Reference) =>
      Math.max(...answersOf(item).map((answer) => overlap(prediction, answer)[side])),
  });
}
