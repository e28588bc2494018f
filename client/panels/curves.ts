/** A loss curve as it grows, and what of it is sent to a page: smoothed on all points, then thinned out to what a screen can show. */
import type { LossPoints } from './protocol';

/** Points of one curve that a page is sent at once; two a bucket, so that a spike survives the thinning. */
export const maximumPoints = 2_000;

/**
 * Exponential moving average with the start's bias removed (as Adam does, Kingma & Ba 2015, section 3):
 * m_t = f m_{t-1} + (1 - f) x_t, shown as m_t / (1 - f^t). A value that is not finite is passed on and left out of the average.
 * @param factor weight of the past, 0 (no smoothing) to below 1
 */
export class MovingAverage {
  private mean = 0;
  private weight = 0;

  constructor(private readonly factor: number) {}

  next(value: number): number {
    if (!Number.isFinite(value)) return value;
    this.mean = this.factor * this.mean + (1 - this.factor) * value;
    this.weight = this.factor * this.weight + (1 - this.factor);
    return this.mean / this.weight;
  }
}

export function smooth(values: readonly number[], factor: number): number[] {
  const average = new MovingAverage(factor);
  return values.map((value) => average.next(value));
}

/** Indices of the points to show: the lowest and the highest of each bucket, the first and the last. All, if there are few. */
export function thinOut(values: readonly number[], maximum = maximumPoints): number[] {
  if (values.length <= maximum) return values.map((_, index) => index);
  const buckets = Math.max(1, Math.floor((maximum - 2) / 2));
  const kept = new Set([0, values.length - 1]);
  for (let bucket = 0; bucket < buckets; bucket++) {
    const from = Math.floor((bucket * values.length) / buckets);
    const to = Math.floor(((bucket + 1) * values.length) / buckets);
    let low = from;
    let high = from;
    for (let i = from; i < to; i++) {
      if (!(values[i]! >= values[low]!)) low = i;
      if (!(values[i]! <= values[high]!)) high = i;
    }
    kept.add(low).add(high);
  }
  return [...kept].sort((a, b) => a - b);
}

/** Losses by step, from the index `from` on, smoothed over the whole curve and thinned out. */
export function lossPoints(steps: readonly number[], losses: readonly number[], factor: number, from = 0): LossPoints {
  const smoothed = smooth(losses, factor);
  const indices = thinOut(losses.slice(from)).map((index) => index + from);
  const column = (values: readonly number[]) => Float64Array.from(indices, (index) => values[index]!);
  return { steps: column(steps), raw: column(losses), smooth: column(smoothed) };
}
