/** Buckets of a curve's values in a row of numbers each: where its lowest and its highest value lie, their mean, and how many there are. */

/** Where a value was measured: optimiser steps and epochs done, and seconds of training. */
export interface Place {
  step: number;
  epoch: number;
  seconds: number;
}

/** A bucket is `low value, step, epoch, seconds, high value, step, epoch, seconds, mean of the finite values, their number`. */
export const stride = 10;
export const high = 4;
export const mean = 8;
export const measured = 9;

/** Puts a bucket of one value at a place. */
export function setOne(rows: Float64Array, to: number, { step, epoch, seconds }: Place, value: number): void {
  const finite = Number.isFinite(value);
  for (const at of [to, to + high]) {
    rows[at] = value;
    rows[at + 1] = step;
    rows[at + 2] = epoch;
    rows[at + 3] = seconds;
  }
  rows[to + mean] = finite ? value : 0;
  rows[to + measured] = finite ? 1 : 0;
}

/** Adds a bucket to the one at `at`. What is not finite counts as lowest and highest: it must be seen. */
export function mergeInto(into: Float64Array, at: number, from: Float64Array, begin: number): void {
  if (!(from[begin]! >= into[at]!)) for (let i = 0; i < high; i++) into[at + i] = from[begin + i]!;
  if (!(from[begin + high]! <= into[at + high]!)) for (let i = high; i < 2 * high; i++) into[at + i] = from[begin + i]!;
  const [before, more] = [into[at + measured]!, from[begin + measured]!];
  const all = before + more;
  if (all > 0) into[at + mean] = (into[at + mean]! * before + from[begin + mean]! * more) / all;
  into[at + measured] = all;
}
