/** Helpers that several metrics share. */
import type { Reference } from './metric';
import { normalizeAnswer } from './normalize';

export function answersOf({ answer }: Reference): readonly string[] {
  return typeof answer === 'string' ? [answer] : answer;
}

/** 1 if the prediction's normal form equals that of any reference, else 0. */
export function matchesExactly(prediction: string, item: Reference): number {
  const own = normalizeAnswer(prediction);
  return answersOf(item).some((answer) => normalizeAnswer(answer) === own) ? 1 : 0;
}
