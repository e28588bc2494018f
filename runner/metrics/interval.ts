/** 95 % intervals of scores. */
import { hash32, mulberry32 } from '../data/random';
import type { Measured } from './metric';

export interface Interval {
  low: number;
  high: number;
}

/** Standard normal quantile at 0.975. */
const z = 1.959963984540054;
const resamples = 2000;

/** Wilson's score interval of k successes in n trials (Wilson 1927); unlike Wald's it stays within 0..1 and has width at k = 0. */
export function wilson(k: number, n: number): Interval {
  const p = k / n;
  const scale = 1 + z ** 2 / n;
  const center = (p + z ** 2 / (2 * n)) / scale;
  const half = (z / scale) * Math.sqrt((p * (1 - p)) / n + z ** 2 / (4 * n ** 2));
  return { low: k === 0 ? 0 : center - half, high: k === n ? 1 : center + half };
}

/**
 * Percentile bootstrap (Efron 1979) of a score with 2,000 resamples over items; seeded, so that a score always has the same interval.
 * What a metric takes from all references together (CIDEr's document frequencies) is held fixed.
 */
export function bootstrap({ statistics, value }: Pick<Measured, 'statistics' | 'value'>): Interval {
  const n = statistics.length;
  const width = statistics[0]!.length;
  const random = mulberry32(hash32(`bootstrap:${n}`));
  const values = Array.from({ length: resamples }, () => {
    const sums = new Float64Array(width);
    for (let i = 0; i < n; i++) {
      const drawn = statistics[Math.floor(random() * n)]!;
      for (let j = 0; j < width; j++) sums[j]! += drawn[j]!;
    }
    return value(sums, n);
  }).sort((a, b) => a - b);
  return { low: values[Math.floor(0.025 * resamples)]!, high: values[Math.ceil(0.975 * resamples) - 1]! };
}
