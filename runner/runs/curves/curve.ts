/**
 * A curve as it grows, in bounded memory: every value while they are few, then the lowest, the highest and the mean of buckets of 2, 4, 8 … values.
 * A spike survives, and smoothing takes the means.
 */
import { MovingAverage } from './average';
import { high, mean, measured, mergeInto, type Place, setOne, stride } from './buckets';

/** What a curve's x axis counts: optimiser steps, epochs, or seconds of training. */
export type XAxis = 'step' | 'epoch' | 'time';

/** Columns of equal length, by rising step. */
export interface CurvePoints {
  /** Steps, epochs or seconds, as chosen. */
  x: Float64Array;
  steps: Float64Array;
  raw: Float64Array;
  /** Exponential moving average of all values so far, not only of these. */
  smooth: Float64Array;
}

/** Buckets at most; when they are full, each two become one. */
export const maximumBuckets = 2_048;

/** What a curve is kept as. */
export interface KeptCurve {
  /** Values of each bucket but the last. */
  size: number;
  /** Values in all. */
  length: number;
  first: number[];
  last: number[];
  rows: number[];
}

const freshMaximum = 4 * maximumBuckets;

const axisOffset: Record<XAxis, number> = { step: 1, epoch: 2, time: 3 };

export class Curve {
  private rows = new Float64Array(16 * stride);
  private buckets = 0;
  private size = 1;
  private filled = 0;
  private count = 0;
  private readonly first = new Float64Array(stride);
  private readonly last = new Float64Array(stride);
  /** Values since the last time that points were asked for, each with its step, epoch and seconds; more than a few are not worth keeping apart. */
  private fresh: number[] = [];
  private average = new MovingAverage(0);

  static of({ size, length, first, last, rows }: KeptCurve): Curve {
    const curve = new Curve();
    curve.rows = Float64Array.from(rows);
    curve.buckets = rows.length / stride;
    Object.assign(curve, { size, count: length });
    curve.first.set(first);
    curve.last.set(last);
    curve.filled = length - (curve.buckets - 1) * size;
    return curve;
  }

  keep(): KeptCurve {
    const { size, count, first, last, rows, buckets } = this;
    return { size, length: count, first: [...first], last: [...last], rows: [...rows.subarray(0, buckets * stride)] };
  }

  get length(): number {
    return this.count;
  }

  add(at: Place, value: number): this {
    setOne(this.last, 0, at, value);
    if (this.count === 0) this.first.set(this.last);
    this.count++;
    if (this.fresh.length < freshMaximum) this.fresh.push(value, at.step, at.epoch, at.seconds);
    if (this.buckets > 0 && this.filled < this.size) {
      mergeInto(this.rows, (this.buckets - 1) * stride, this.last, 0);
      this.filled++;
      return this;
    }
    if (this.buckets === maximumBuckets) this.halve();
    const to = this.buckets * stride;
    if (to === this.rows.length) {
      const more = new Float64Array(2 * to);
      more.set(this.rows);
      this.rows = more;
    }
    setOne(this.rows, to, at, value);
    this.buckets++;
    this.filled = 1;
    return this;
  }

  private halve(): void {
    const { rows } = this;
    for (let b = 0; b < this.buckets; b += 2) {
      rows.copyWithin((b / 2) * stride, b * stride, (b + 1) * stride);
      mergeInto(rows, (b / 2) * stride, rows, (b + 1) * stride);
    }
    this.buckets /= 2;
    this.size *= 2;
    // the last bucket is full: halving happens when another value has no place
    this.filled = this.size;
  }

  /**
   * The whole curve in so many points at most (at least 6), smoothed over all of it. Where values share buckets both ends of each are drawn, and the
   * average takes the bucket's mean for each of its values.
   * @param factor weight of the past, 0 (no smoothing) to below 1
   */
  points(axis: XAxis, factor: number, maximum: number): CurvePoints {
    this.average = new MovingAverage(factor);
    this.fresh = [];
    const all = this.size === 1 && this.count <= maximum;
    const group = all ? 1 : Math.max(1, Math.ceil(this.buckets / Math.max(1, Math.floor((maximum - 2) / 2))));
    const gathered = new Gathered(axis);
    const bucket = new Float64Array(stride);
    if (!all) gathered.add(this.first, 0, this.first[0]!);
    for (let from = 0; from < this.buckets; from += group) {
      bucket.set(this.rows.subarray(from * stride, (from + 1) * stride));
      for (let b = from + 1; b < Math.min(from + group, this.buckets); b++) mergeInto(bucket, 0, this.rows, b * stride);
      this.gather(bucket, gathered);
    }
    if (!all && this.count > 0) gathered.end(this.last, this.average);
    return gathered.columns();
  }

  private gather(bucket: Float64Array, gathered: Gathered): void {
    if (bucket[1] === bucket[high + 1]) {
      // one value, or only equal ones
      const smooth = this.average.next(bucket[measured] === 0 ? bucket[0]! : bucket[mean]!, bucket[measured] || 1);
      gathered.add(bucket, 0, smooth);
      return;
    }
    const order = bucket[1]! < bucket[high + 1]! ? [0, high] : [high, 0];
    for (const at of order) gathered.add(bucket, at, this.average.next(bucket[mean]!, bucket[measured]! / 2));
  }

  /** The values since points were last asked for, smoothed on; undefined where they are too many and `points` serves better. */
  news(axis: XAxis): CurvePoints | undefined {
    const { fresh } = this;
    if (fresh.length >= freshMaximum) return undefined;
    this.fresh = [];
    const gathered = new Gathered(axis);
    for (let i = 0; i < fresh.length; i += 4) gathered.add(fresh, i, this.average.next(fresh[i]!));
    return gathered.columns();
  }
}

/** Columns as they fill; a place that is there already is not repeated. */
class Gathered {
  private readonly x: number[] = [];
  private readonly steps: number[] = [];
  private readonly raw: number[] = [];
  private readonly smooth: number[] = [];

  constructor(private readonly axis: XAxis) {}

  add(row: ArrayLike<number>, at: number, smooth: number): void {
    const step = row[at + 1]!;
    if (this.steps.at(-1) === step && this.raw.at(-1) === row[at]) return;
    this.x.push(row[at + axisOffset[this.axis]]!);
    this.steps.push(step);
    this.raw.push(row[at]!);
    this.smooth.push(smooth);
  }

  end(last: ArrayLike<number>, average: MovingAverage): void {
    // nothing more comes into the average: the value is in its bucket already
    this.add(last, 0, average.factor === 0 ? last[0]! : (this.smooth.at(-1) ?? last[0]!));
  }

  columns(): CurvePoints {
    const { x, steps, raw, smooth } = this;
    return {
      x: Float64Array.from(x),
      steps: Float64Array.from(steps),
      raw: Float64Array.from(raw),
      smooth: Float64Array.from(smooth),
    };
  }
}
