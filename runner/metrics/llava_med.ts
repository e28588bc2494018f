/**
 * LLaVA-Med's own scores of answers, repeated with their oddities, so that figures can be set beside that paper's (Li et al. 2023).
 * Source of the rules: microsoft/LLaVA-Med at b9a98a7, `llava/eval/run_eval.py` and `llava/eval/eval_metrics/`. Both sides are normalised twice
 * there, since each score normalises what was normalised already. Of several references, which that script does not know, the best counts.
 */
import { type Metric, meanOverItems, type Reference } from './metric';
import { words } from './ngrams';
import { normalizeWords } from './normalize';
import { answersOf } from './reference';

const twice = (text: string) => normalizeWords(normalizeWords(text));
const isOpen = ({ answerType }: Reference) => answerType === 'open';

function counted(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of words(twice(text))) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

const total = (counts: ReadonlyMap<string, number>) => [...counts.values()].reduce((sum, count) => sum + count, 0);

/** Right if the answer says yes or no somewhere, in another word too, and contains the reference as a piece of text: "normal" holds a "no". */
function closedHit(prediction: string, reference: string): number {
  const own = normalizeWords(prediction);
  return /yes|no/.test(own) && own.includes(normalizeWords(reference)) ? 1 : 0;
}

/** Called exact match there: distinct words of the reference that the answer has, over the answer's number of words. */
function overlapCalledExact(prediction: string, reference: string): number {
  const own = counted(prediction);
  const found = [...counted(reference).keys()].filter((word) => own.has(word)).length;
  return own.size === 0 ? 0 : found / total(own);
}

/** Hits are counted as often as the answer repeats them; misses as often as the reference has them. */
function overlap(prediction: string, reference: string): { recall: number; precision: number; f1: number } {
  const own = counted(prediction);
  const wanted = counted(reference);
  let hits = 0;
  let missed = 0;
  for (const [word, count] of own) if (wanted.has(word)) hits += count;
  for (const [word, count] of wanted) if (!own.has(word)) missed += count;
  if (hits === 0) return { recall: 0, precision: 0, f1: 0 };
  const precision = hits / total(own);
  const recall = hits / (hits + missed);
  return { recall, precision, f1: (2 * precision * recall) / (precision + recall) };
}

/** The candidate with the largest share of its distinct words in the answer, the first of equal ones, equals the reference. */
function chosenEquals(prediction: string, reference: string, candidates: readonly Candidate[]): number {
  const own = new Set(counted(prediction).keys());
  let best = { share: -1, answer: '' };
  for (const { answer, distinct } of candidates) {
    const share = distinct.length === 0 ? 0 : distinct.filter((word) => own.has(word)).length / distinct.length;
    if (share > best.share) best = { share, answer };
  }
  return best.answer === twice(reference) ? 1 : 0;
}

interface Candidate {
  answer: string;
  distinct: readonly string[];
}

/** Lists are shared by many items: each is prepared once. */
const prepared = new WeakMap<readonly string[], Candidate[]>();

function prepare(candidates: readonly string[]): Candidate[] {
  const known = prepared.get(candidates);
  if (known) return known;
  const made = candidates.map((candidate) => {
    const answer = normalizeWords(candidate);
    return { answer, distinct: [...new Set(words(answer))] };
  });
  prepared.set(candidates, made);
  return made;
}

type Rule = (prediction: string, reference: string, item: Reference) => number;

function metric(id: string, summary: string, applies: Metric['applies'], rule: Rule, binary = false): Metric {
  return meanOverItems({
    id,
    summary: `LLaVA-Med's own script: ${summary}`,
    scores: binary ? 'proportion' : 'mean',
    applies,
    score: (prediction, item) => Math.max(...answersOf(item).map((answer) => rule(prediction, answer, item))),
  });
}

export const llavaMed = [
  metric(
    'llava_med_closed',
    'over closed questions, the answer has "yes" or "no" in it and contains the reference as a piece of text',
    ({ answerType }) => answerType === 'closed',
    closedHit,
    true,
  ),
  metric(
    'llava_med_open',
    'over open questions, token recall, hits counted as often as the answer repeats them',
    isOpen,
    (prediction, reference) => overlap(prediction, reference).recall,
  ),
  metric(
    'llava_med_open_precision',
    'over open questions, token precision',
    isOpen,
    (prediction, reference) => overlap(prediction, reference).precision,
  ),
  metric(
    'llava_med_open_f1',
    'over open questions, harmonic mean of llava_med_open and its precision',
    isOpen,
    (prediction, reference) => overlap(prediction, reference).f1,
  ),
  metric(
    'llava_med_exact_match',
    'over open questions, distinct words of the reference that the answer has, over the number of words of the answer',
    isOpen,
    overlapCalledExact,
  ),
  metric(
    'llava_med_open_accuracy',
    'over open questions, the candidate that shares most words with the answer equals the reference',
    (item) => isOpen(item) && typeof item.candidates === 'object',
    (prediction, reference, { candidates }) =>
      chosenEquals(prediction, reference, prepare(candidates as readonly string[])),
    true,
  ),
];
