/**
 * Corpus BLEU-1 to BLEU-4 (Papineni et al. 2002) as pycocoevalcap 1.2 computes it: clipped n-gram counts and lengths summed over items, the
 * reference of closest length (of equally close ones the shorter), 1e-15 added to matches and 1e-9 to totals in place of smoothing.
 * Words are split at blanks, without its PTB tokenizer; see docs/metrics.md.
 */
import type { Metric } from './metric';
import { countNgrams, words } from './ngrams';
import { answersOf } from './reference';

const tiny = 1e-15;
const small = 1e-9;

/** [length, reference length, then for each n from 1: n-grams, matching n-grams] of one item. */
function statisticsOf(prediction: string, references: readonly string[], order: number): number[] {
  const own = words(prediction);
  const wanted = references.map(words);
  const lengths = wanted.map(({ length }) => length);
  const closest = [...lengths].sort((a, b) => Math.abs(a - own.length) - Math.abs(b - own.length) || a - b)[0]!;
  const grams = Array.from({ length: order }, (_, i) => {
    const counts = wanted.map((tokens) => countNgrams(tokens, i + 1));
    let matching = 0;
    for (const [gram, count] of countNgrams(own, i + 1))
      matching += Math.min(count, Math.max(...counts.map((one) => one.get(gram) ?? 0)));
    return [Math.max(0, own.length - i), matching];
  });
  return [own.length, closest, ...grams.flat()];
}

/** BLEU of summed statistics: geometric mean of the precisions times the brevity penalty. */
function bleuOf(sums: ArrayLike<number>, order: number): number {
  let product = 1;
  for (let i = 0; i < order; i++) product *= (sums[3 + 2 * i]! + tiny) / (sums[2 + 2 * i]! + small);
  const ratio = (sums[0]! + tiny) / (sums[1]! + small);
  return product ** (1 / order) * (ratio < 1 ? Math.exp(1 - 1 / ratio) : 1);
}

function bleu(order: number): Metric {
  return {
    id: `bleu_${order}`,
    summary: `corpus BLEU-${order} as pycocoevalcap computes it, on words split at blanks`,
    scores: 'corpus',
    applies: () => true,
    measure(predictions, items) {
      const statistics = items.map((item, i) => statisticsOf(predictions[i]!, answersOf(item), order));
      return {
        items: statistics.map((own) => bleuOf(own, order)),
        statistics,
        value: (sums) => bleuOf(sums, order),
      };
    },
  };
}

export const bleus = [1, 2, 3, 4].map(bleu);
