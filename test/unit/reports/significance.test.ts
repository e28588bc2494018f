import { describe, expect, it } from 'vitest';
import { holm, mcnemar } from '../../../runner/reports/significance';

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

  it('does not underflow on thousands of pairs', () => {
    expect(mcnemar(1000, 1000)).toBe(1);
    expect(mcnemar(1450, 1550)).toBeGreaterThan(0.05);
    expect(mcnemar(1450, 1550)).toBeLessThan(0.08);
  });
});

it("Holm's correction steps down, keeps the order and stops at 1", () => {
  expect(holm([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02].map((p) => expect.closeTo(p, 12)));
  expect(holm([0.6, 0.7])).toEqual([1, 1]);
  expect(holm([])).toEqual([]);
});
