/** Tests of whether two methods differ on the same items. */
import { hash32, mulberry32 } from '../data/random';
import type { Measured } from '../metrics/metric';

/**
 * Two-sided exact McNemar test (McNemar 1947; the exact form is a sign test on the pairs that differ).
 * @param onlyFirst items that only the first method got right. @param onlySecond likewise.
 */
export function mcnemar(onlyFirst: number, onlySecond: number): number {
  const n = onlyFirst + onlySecond;
  // Binomial(n, 1/2) at k, in logarithms: 2^-n alone underflows from n = 1,075 on.
  let logTerm = -n * Math.LN2;
  let tail = 0;
  for (let k = 0; k <= Math.min(onlyFirst, onlySecond); k++) {
    tail += Math.exp(logTerm);
    logTerm += Math.log((n - k) / (k + 1));
  }
  return Math.min(1, 2 * tail);
}

/** Up to so many differing pairs every exchange is tried; beyond, as many random ones as `permutations`. */
const exhaustive = 13;
export const permutations = 9999;

/**
 * Two-sided paired permutation test (approximate randomisation; Fisher 1935, Noreen 1989): under the null hypothesis the two methods' answers to
 * an item may be exchanged. The statistic is the difference of the scores. Exact for few differing pairs, else by 9,999 random exchanges with
 * p = (1 + as large) / (1 + 9,999); seeded, so that a comparison always has the same p. As scipy.stats.permutation_test, `samples`.
 * @param first, second statistics of the same items in the same order, all of one length. @param value a metric's score of their sums.
 */
export function pairedPermutation(
  first: Measured['statistics'],
  second: Measured['statistics'],
  value: Measured['value'],
): number {
  const n = first.length;
  const width = first[0]?.length ?? 0;
  const a = new Float64Array(width);
  const b = new Float64Array(width);
  const changes: Float64Array[] = [];
  for (let i = 0; i < n; i++) {
    const change = Float64Array.from({ length: width }, (_, j) => second[i]![j]! - first[i]![j]!);
    for (let j = 0; j < width; j++) {
      a[j]! += first[i]![j]!;
      b[j]! += second[i]![j]!;
    }
    if (change.some((one) => one !== 0)) changes.push(change);
  }
  if (changes.length === 0) return 1;
  const observed = Math.abs(value(a, n) - value(b, n));
  // Sums of the same numbers in another order differ in their last digits.
  const limit = observed * (1 - 1e-9) - 1e-12;
  const left = new Float64Array(width);
  const right = new Float64Array(width);
  const asLarge = (exchanged: (i: number) => boolean): boolean => {
    left.set(a);
    right.set(b);
    for (const [i, change] of changes.entries())
      if (exchanged(i))
        for (let j = 0; j < width; j++) {
          left[j]! += change[j]!;
          right[j]! -= change[j]!;
        }
    return Math.abs(value(left, n) - value(right, n)) >= limit;
  };
  if (changes.length <= exhaustive) {
    let extreme = 0;
    for (let mask = 0; mask < 2 ** changes.length; mask++) if (asLarge((i) => ((mask >> i) & 1) === 1)) extreme++;
    return extreme / 2 ** changes.length;
  }
  const random = mulberry32(hash32(`permutation:${n}`));
  let extreme = 1;
  for (let round = 0; round < permutations; round++) if (asLarge(() => random() < 0.5)) extreme++;
  return extreme / (permutations + 1);
}

/** Holm's step-down correction (Holm 1979) of a family of p values, in their order. */
export function holm(values: readonly number[]): number[] {
  const order = values.map((p, i) => ({ p, i })).sort((x, y) => x.p - y.p);
  const adjusted = new Array<number>(values.length);
  let largest = 0;
  for (const [rank, { p, i }] of order.entries()) {
    largest = Math.max(largest, Math.min(1, p * (values.length - rank)));
    adjusted[i] = largest;
  }
  return adjusted;
}
