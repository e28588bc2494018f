import { describe, expect, it } from 'vitest';
import { holm, mcnemar, pairedPermutation } from '../../../runner/reports/significance';

describe('McNemar, exact', () => {
  // Binomial tails counted by hand: 2 * sum of C(n, k) / 2^n up to the smaller count.
  it.each([
    [0, 0, 1],
    [1, 0, 1],
    [5, 0, 2 / 32],
    [1, 7, (2 * (1 + 8)) / 256],
    [6, 6, 1],
    [2, 10, (2 * (1 + 12 + 66)) / 4096],
  ])('%i against %i', (first, second, p) => {
    expect(mcnemar(first, second)).toBeCloseTo(p, 12);
    expect(mcnemar(second, first)).toBeCloseTo(p, 12);
  });

  // statsmodels 0.15.0, stats.contingency_tables.mcnemar(exact=True)
  it.each([
    [3, 11, 0.057373046875],
    [25, 12, 0.04703102743951604],
    [140, 101, 0.014204262213416814],
    [0, 9, 0.00390625],
  ])('%i against %i, as statsmodels', (first, second, p) => {
    expect(mcnemar(first, second)).toBeCloseTo(p, 12);
  });

  it('does not underflow on thousands of pairs', () => {
    expect(mcnemar(1000, 1000)).toBe(1);
    expect(mcnemar(1450, 1550)).toBeGreaterThan(0.05);
    expect(mcnemar(1450, 1550)).toBeLessThan(0.08);
  });
});

describe('paired permutation', () => {
  const mean = (sums: ArrayLike<number>, n: number) => sums[0]! / n;
  const rows = (values: readonly number[]) => values.map((value) => [value]);

  it('is exact for few pairs, as scipy', () => {
    const first = [0.9, 0.4, 0.7, 0.65, 0.8, 0.3, 0.55, 1, 0.2, 0.75];
    const second = [0.6, 0.5, 0.4, 0.6, 0.7, 0.35, 0.25, 0.8, 0.1, 0.3];
    // scipy 1.17.1, stats.permutation_test(permutation_type='samples', n_resamples=inf) of the difference of means
    expect(pairedPermutation(rows(first), rows(second), mean)).toBeCloseTo(0.025390625, 12);
    expect(pairedPermutation(rows(second), rows(first), mean)).toBeCloseTo(0.025390625, 12);
    expect(pairedPermutation(rows(first), rows(first), mean)).toBe(1);
  });

  it('draws for many pairs, near scipy and the same each time', () => {
    const items = Array.from({ length: 60 }, (_, i) => i);
    const first = rows(items.map((i) => ((i * 37) % 101) / 101));
    const second = rows(items.map((i) => ((i * 53 + 11) % 97) / 97 - 0.12));
    const p = pairedPermutation(first, second, mean);
    // scipy 1.17.1 with 999,999 resamples: 0.0167; four standard errors of 9,999 are 0.005
    expect(Math.abs(p - 0.016664)).toBeLessThan(0.005);
    expect(pairedPermutation(first, second, mean)).toBe(p);
  });

  it('takes scores that are no means: a ratio of sums, counted by hand over all exchanges', () => {
    const ratio = (sums: ArrayLike<number>) => sums[0]! / sums[1]!;
    // ratios 4/5 and 1/6; exchanged first pair 2/5 and 3/6, second 3/6 and 2/5, both 1/6 and 4/5: 2 of 4 are as large
    const first = [
      [2, 2],
      [2, 3],
    ];
    const second = [
      [0, 2],
      [1, 4],
    ];
    expect(pairedPermutation(first, second, ratio)).toBe(2 / 4);
  });
});

it("Holm's correction steps down, keeps the order and stops at 1", () => {
  expect(holm([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02].map((p) => expect.closeTo(p, 12)));
  // statsmodels 0.15.0, stats.multitest.multipletests(method='holm')
  const many = [0.01, 0.04, 0.03, 0.005, 0.2, 0.2];
  expect(holm(many)).toEqual([0.05, 0.12, 0.12, 0.03, 0.4, 0.4].map((p) => expect.closeTo(p, 12)));
  expect(holm([0.6, 0.7])).toEqual([1, 1]);
  expect(holm([])).toEqual([]);
});
