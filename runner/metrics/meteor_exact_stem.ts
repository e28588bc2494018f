/**
 * METEOR 1.5 (Denkowski and Lavie 2014) with its modules `exact` and `stem` alone, its English parameters, and delta 0.5: function words count
 * like all others. Equal to `java -jar meteor-1.5.jar ANSWERS REFERENCES -l en -m "exact stem" -w "1.0 0.6" -p "0.85 0.2 0.6 0.5"`.
 * Words are split at blanks, capitals and marks as they are.
 */
import { align } from './meteor/align';
import { candidatesOf } from './meteor/matches';
import type { Metric } from './metric';
import { answersOf } from './reference';

const alpha = 0.85;
const beta = 0.2;
const gamma = 0.6;
const stemWeight = 0.6;

/** Java's StringTokenizer. */
const blanks = /[ \t\n\r\f]+/;

export const meteorExactStem: Metric = {
  id: 'meteor_exact_stem_delta_half',
  summary:
    'METEOR 1.5 of equal words and equal stems, without synonyms, paraphrases and weights of function words (delta 0.5)',
  scores: 'corpus',
  applies: () => true,
  measure(predictions, items) {
    const statistics = items.map((item, i) => best(predictions[i]!, answersOf(item)));
    return { items: statistics.map(meteorOf), statistics, value: meteorOf };
  },
};

/** Of several references, that of the highest score; of equal ones the first. */
function best(prediction: string, references: readonly string[]): number[] {
  const answer = wordsOf(prediction);
  const all = references.map((reference) => statisticsOf(answer, wordsOf(reference)));
  return all.reduce((one, other) => (meteorOf(other) > meteorOf(one) ? other : one));
}

function wordsOf(text: string): string[] {
  return text.split(blanks).filter(Boolean);
}

/** [words of the answer, of the reference, equal words, equal stems, chunks]: the program takes no chunk where all words match in one. */
function statisticsOf(answer: readonly string[], reference: readonly string[]): number[] {
  const { exact, stem, chunks } = align(answer.length, candidatesOf(answer, reference));
  const whole = chunks === 1 && exact + stem === answer.length && exact + stem === reference.length;
  return [answer.length, reference.length, exact, stem, whole ? 0 : chunks];
}

/** METEOR of summed statistics; 0 without a match. */
function meteorOf(sums: ArrayLike<number>): number {
  const [own, wanted, exact, stem, chunks] = Array.from(sums) as [number, number, number, number, number];
  const matches = exact + stem;
  if (matches === 0) return 0;
  const weighted = exact + stemWeight * stem;
  const mean = 1 / ((1 - alpha) * (own / weighted) + alpha * (wanted / weighted));
  return mean * (1 - gamma * (chunks / matches) ** beta);
}
