import { describe, expect, it } from 'vitest';
import { Curve, MovingAverage, thinOut } from '../../../client/panels/curves';

function smooth(values: readonly number[], factor: number): number[] {
  const average = new MovingAverage(factor);
  return values.map((value) => average.next(value));
}

describe('MovingAverage', () => {
  // by hand: m = f m + (1 - f) x, shown as m / (1 - f^t)
  it.each([
    { factor: 0, values: [3, 1, 2], expected: [3, 1, 2] },
    { factor: 0.5, values: [4, 2, 8], expected: [4, (1 + 1) / 0.75, (0.5 + 0.5 + 4) / 0.875] },
    { factor: 0.9, values: [5, 5, 5], expected: [5, 5, 5] },
  ])('factor $factor of $values', ({ factor, values, expected }) => {
    smooth(values, factor).forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 12);
    });
  });

  it('shows a loss that is not finite and goes on without it', () => {
    expect(smooth([1, Number.NaN, 1], 0.5)).toEqual([1, Number.NaN, 1]);
  });
});

describe('thinOut', () => {
  it('keeps every point of a short curve', () => {
    expect(thinOut([3, 2, 1], 10)).toEqual([0, 1, 2]);
  });

  it('keeps ends and spikes of a long one, in order, and no more than asked for', () => {
    const values = Array.from({ length: 10_000 }, (_, i) => Math.sin(i));
    values[4321] = 99;
    values[8765] = -99;
    const kept = thinOut(values, 200);
    expect(kept.length).toBeLessThanOrEqual(200);
    expect(kept).toEqual([...kept].sort((a, b) => a - b));
    for (const index of [0, 4321, 8765, 9999]) expect(kept).toContain(index);
  });
});

describe('Curve', () => {
  const curve = new Curve();
  [4, 2, 8].forEach((value, i) => {
    curve.add({ step: i + 1, epoch: (i + 1) / 2, seconds: 10 * i }, value);
  });

  it('sends its rest, smoothed over all of it', () => {
    const { steps, raw, smooth: smoothed } = curve.points('step', 0.5, 2);
    expect([...steps]).toEqual([3]);
    expect([...raw]).toEqual([8]);
    expect(smoothed[0]).toBeCloseTo(5 / 0.875, 12);
  });

  it('goes on smoothing where it was, and anew with another factor', () => {
    const grown = new Curve();
    const values = [4, 2, 8, 1, 7];
    values.forEach((value, i) => {
      grown.add({ step: i, epoch: i, seconds: i }, value).points('step', 0.5);
    });
    for (const factor of [0.5, 0.9, 0])
      expect([...grown.points('step', factor).smooth]).toEqual(smooth(values, factor));
  });

  it.each([
    ['step', [1, 2, 3]],
    ['epoch', [0.5, 1, 1.5]],
    ['time', [0, 10, 20]],
  ] as const)('counts in %s', (axis, expected) => {
    const { x, steps } = curve.points(axis, 0);
    expect([[...x], [...steps]]).toEqual([expected, [1, 2, 3]]);
  });
});
