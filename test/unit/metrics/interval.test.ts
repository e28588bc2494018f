import { describe, expect, it } from 'vitest';
import { bootstrap, meanOf, wilson } from '../../../runner/metrics';

describe("Wilson's 95 % interval", () => {
  // Newcombe 1998 (Statistics in Medicine 17, 857-872), table I, method 3: score without continuity correction.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
    // statsmodels 0.15.0, stats.proportion.proportion_confint(method='wilson')
    [7, 10, 0.39677814746, 0.89220873259],
    [133, 451, 0.2546901960050138, 0.3385746737373683],
  ])('%i of %i', (k, n, low, high) => {
    expect(wilson(k, n).low).toBeCloseTo(low, 4);
    expect(wilson(k, n).high).toBeCloseTo(high, 4);
    expect(wilson(n - k, n).low).toBeCloseTo(1 - high, 4);
  });
});

describe('bootstrap of a mean', () => {
  it('is the same each time, holds the mean, and is as wide as theory says', () => {
    const scores = Array.from({ length: 400 }, (_, i) => ((i * 7919) % 400) / 400);
    const { low, high } = bootstrap(meanOf(scores));
    expect(bootstrap(meanOf(scores))).toEqual({ low, high });
    const mean = 399 / 800;
    expect(low).toBeLessThan(mean);
    expect(high).toBeGreaterThan(mean);
    // uniform scores: sd 0.2887; 2 * 1.96 * sd / sqrt(400)
    expect(Math.abs(high - low - 0.0566)).toBeLessThan(0.006);
    // scipy 1.17.1, stats.bootstrap(method='percentile', n_resamples=99999)
    expect(low).toBeCloseTo(0.47035, 2);
    expect(high).toBeCloseTo(0.52706, 2);
  });

  it('has no width without spread', () => {
    expect(bootstrap(meanOf([0.5, 0.5]))).toEqual({ low: 0.5, high: 0.5 });
  });
});
