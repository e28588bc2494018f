/**
 * CIDEr (Vedantam et al. 2015) as pycocoevalcap 1.2 computes it, which is the paper's CIDEr-D: n = 1 to 4, clipped tf-idf cosines, a Gaussian
 * penalty (sigma 6) on the difference of lengths (counted in pairs of words), times 10. Document frequencies are over the references of the
 * items that are scored. Words are split at blanks.
 */
import { type Metric, meanOf } from './metric';
import { countNgrams, words } from './ngrams';
import { answersOf } from './reference';

const orders = [1, 2, 3, 4] as const;
const sigma = 6;

/** Counts of n-grams, one map for each order. */
type Counts = readonly ReadonlyMap<string, number>[];

interface Weighted {
  weights: readonly ReadonlyMap<string, number>[];
  norms: readonly number[];
  /** Pairs of words: what pycocoevalcap takes for the length. */
  length: number;
}

export const cider: Metric = {
  id: 'cider',
  summary: 'CIDEr (CIDEr-D, n = 1 to 4, 0 to 10) as pycocoevalcap computes it, on words split at blanks',
  scores: 'mean',
  applies: () => true,
  measure(predictions, items) {
    const references = items.map((item) => answersOf(item).map(countsOf));
    const frequencies = documentFrequencies(references);
    const weigh = (counts: Counts) => weighted(counts, frequencies, Math.log(items.length));
    return meanOf(
      predictions.map((prediction, i) => {
        const own = weigh(countsOf(prediction));
        const similar = references[i]!.map((counts) => similarity(own, weigh(counts)));
        return (10 * similar.reduce((sum, one) => sum + one, 0)) / similar.length;
      }),
    );
  },
};

function countsOf(text: string): Counts {
  const tokens = words(text);
  return orders.map((n) => countNgrams(tokens, n));
}

/** n-gram -> number of items with it in any reference. */
function documentFrequencies(references: readonly (readonly Counts[])[]): Map<string, number> {
  const frequencies = new Map<string, number>();
  for (const ofItem of references) {
    const grams = new Set(ofItem.flatMap((counts) => counts.flatMap((one) => [...one.keys()])));
    for (const gram of grams) frequencies.set(gram, (frequencies.get(gram) ?? 0) + 1);
  }
  return frequencies;
}

function weighted(counts: Counts, frequencies: ReadonlyMap<string, number>, logItems: number): Weighted {
  const weights = counts.map(
    (one) =>
      new Map([...one].map(([gram, count]) => [gram, count * (logItems - Math.log(frequencies.get(gram) ?? 1))])),
  );
  const norms = weights.map((one) => Math.sqrt([...one.values()].reduce((sum, weight) => sum + weight ** 2, 0)));
  return { weights, norms, length: [...counts[1]!.values()].reduce((sum, count) => sum + count, 0) };
}

/** Mean over the orders. */
function similarity(own: Weighted, reference: Weighted): number {
  const penalty = Math.exp(-((own.length - reference.length) ** 2) / (2 * sigma ** 2));
  const cosines = own.weights.map((weights, k) => {
    let product = 0;
    for (const [gram, weight] of weights) {
      const other = reference.weights[k]!.get(gram) ?? 0;
      product += Math.min(weight, other) * other;
    }
    const norms = own.norms[k]! * reference.norms[k]!;
    return norms === 0 ? product : product / norms;
  });
  return (penalty * cosines.reduce((sum, one) => sum + one, 0)) / cosines.length;
}
