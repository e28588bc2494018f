import { describe, expect, it } from 'vitest';
import { bootstrapMean, wilson } from '../../../runner/metrics';

describe("Wilson's 95 % interval", () => {
  // Newcombe 1998 (Statistics in Medicine 17, 857-872), table I, method 3: score without continuity correction.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('%i of %i', (k, n, low, high) => {
    expect(wilson(k, n).low).toBeCloseTo(low, 4);
    expect(wilson(k, n).high).toBeCloseTo(high, 4);
    expect(wilson(n - k, n).low).toBeCloseTo(1 - high, 4);
  });
});

describe('bootstrap of a mean', () => {
  it('is the same each time, holds the mean, and is as wide as theory says', () => {
    const scores = Array.from({ length: 400 }, (_, i) => ((i * 7919) % 400) / 400);
    const { low, high } = bootstrapMean(scores);
    expect(bootstrapMean(scores)).toEqual({ low, high });
    const mean = 399 / 800;
    expect(low).toBeLessThan(mean);
    expect(high).toBeGreaterThan(mean);
    // uniform scores: sd 0.2887; 2 * 1.96 * sd / sqrt(400)
    expect(Math.abs(high - low - 0.0566)).toBeLessThan(0.006);
  });

  it('has no width without spread', () => {
    expect(bootstrapMean([0.5, 0.5])).toEqual({ low: 0.5, high: 0.5 });
  });
});
