/** Tests of whether two methods differ on the same items. */

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
