/** A curve as it grows, and what of it is sent to a page: smoothed on all points, then thinned out to what a screen can show. */
import type { CurvePoints, XAxis } from './protocol';

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

/** One quantity of one run over its steps. */
export class Curve {
  private readonly steps: number[] = [];
  private readonly epochs: number[] = [];
  private readonly seconds: number[] = [];
  private readonly values: number[] = [];
  /** Averages so far, for one factor: a new point costs one step of it, not the whole curve. */
  private averages: { factor: number; average: MovingAverage; values: number[] } | undefined;

  /** @param at optimiser steps and epochs done, and seconds of training, when the value was measured */
  add(at: { step: number; epoch: number; seconds: number }, value: number): this {
    this.steps.push(at.step);
    this.epochs.push(at.epoch);
    this.seconds.push(at.seconds);
    this.values.push(value);
    return this;
  }

  get length(): number {
    return this.values.length;
  }

  /** Points from the index `from` on, smoothed over the whole curve and thinned out. */
  points(axis: XAxis, factor: number, from = 0): CurvePoints {
    const smoothed = this.smoothed(factor);
    const x = { step: this.steps, epoch: this.epochs, time: this.seconds }[axis];
    const indices = thinOut(this.values.slice(from)).map((index) => index + from);
    const column = (values: readonly number[]) => Float64Array.from(indices, (index) => values[index]!);
    return { x: column(x), steps: column(this.steps), raw: column(this.values), smooth: column(smoothed) };
  }

  private smoothed(factor: number): readonly number[] {
    if (this.averages?.factor !== factor) this.averages = { factor, average: new MovingAverage(factor), values: [] };
    const { average, values } = this.averages;
    for (let i = values.length; i < this.values.length; i++) values.push(average.next(this.values[i]!));
    return values;
  }
}
