/** Which items each optimiser step sees: a pure function of seed and step, so that a resumed run goes on with what it would have seen. */
import type { Training } from '../../schemas/generated/spec';
import { batches } from './batches';
import type { TaskItem } from './types';

export interface Order {
  totalSteps: number;
  /** Optimiser steps of the first epoch. */
  stepsPerEpoch: number;
  /** Micro-batches of optimiser step `step`, counted from 0. */
  microBatches(step: number): (readonly TaskItem[])[];
  /** Epochs done after `steps` optimiser steps. */
  epochs(steps: number): number;
  /** Whether an epoch ends with the `steps`-th optimiser step. */
  endsEpoch(steps: number): boolean;
}

/**
 * Plans all epochs. The last step of an epoch takes the micro-batches that are left; a fraction of an epoch takes its first steps, rounded up.
 * @param items the training items, at least one
 */
export function orderOf(
  items: readonly TaskItem[],
  training: Required<Pick<Training, 'batch_size' | 'batching' | 'gradient_accumulation_steps' | 'num_epochs'>> &
    Pick<Training, 'max_steps'>,
  seed: number,
): Order {
  const {
    batch_size: batchSize,
    batching,
    gradient_accumulation_steps: accumulation,
    num_epochs,
    max_steps,
  } = training;
  const makeEpoch = (epoch: number) => batches(items, { batchSize, batching, seed, epoch });
  const stepsOf = (epoch: number) => Math.ceil(makeEpoch(epoch).length / accumulation);

  // packing by image gives epochs of different lengths
  const starts = [0];
  const wholeEpochs = max_steps === undefined ? num_epochs : Number.POSITIVE_INFINITY;
  let totalSteps = 0;
  for (let epoch = 0; epoch < wholeEpochs && totalSteps < (max_steps ?? Number.POSITIVE_INFINITY); epoch++) {
    const share = Math.min(1, wholeEpochs - epoch);
    totalSteps += Math.ceil(stepsOf(epoch) * share);
    starts.push(totalSteps);
  }
  if (max_steps !== undefined) totalSteps = max_steps;

  const epochOf = (step: number) => starts.findLastIndex((start) => start <= step);
  let current: { epoch: number; batches: readonly (readonly TaskItem[])[] } | undefined;
  return {
    totalSteps,
    stepsPerEpoch: starts[1]! - starts[0]!,
    microBatches(step) {
      const epoch = epochOf(step);
      if (current?.epoch !== epoch) current = { epoch, batches: makeEpoch(epoch) };
      const from = (step - starts[epoch]!) * accumulation;
      return current.batches.slice(from, from + accumulation);
    },
    epochs(steps) {
      if (steps === 0) return 0;
      const epoch = epochOf(steps - 1);
      return epoch + (steps - starts[epoch]!) / Math.ceil(stepsOf(epoch));
    },
    endsEpoch: (steps) => steps > 0 && starts.includes(steps),
  };
}
