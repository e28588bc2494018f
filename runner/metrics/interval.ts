/** 95 % intervals of scores. */
import { hash32, mulberry32 } from '../data/random';

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

/** Percentile bootstrap of the mean (Efron 1979) with 2,000 resamples over items; seeded, so that a score always has the same interval. */
export function bootstrapMean(scores: readonly number[]): Interval {
  const random = mulberry32(hash32(`bootstrap:${scores.length}`));
  const means = Array.from({ length: resamples }, () => {
    let sum = 0;
    for (let i = 0; i < scores.length; i++) sum += scores[Math.floor(random() * scores.length)]!;
    return sum / scores.length;
  }).sort((a, b) => a - b);
  return { low: means[Math.floor(0.025 * resamples)]!, high: means[Math.ceil(0.975 * resamples) - 1]! };
}
