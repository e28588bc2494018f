/** Optimiser steps of a planned run. */
import { orderOf } from '../data/order';
import { canonicalJson } from './identity';
import type { TaskData } from './resources';
import type { PlannedRun } from './types';

/** Counts the steps of runs, of all candidate rates together; runs that differ in nothing that counts are counted once. 0 for a run that trains nothing. */
export function stepCounter(): (run: PlannedRun, data: TaskData) => number {
  const counted = new Map<string, number>();
  return ({ method, training, seed }, { splits, hashes }) => {
    if (Object.keys(method.components).length === 0) return 0;
    const { batch_size, batching, gradient_accumulation_steps, num_epochs, max_steps } = training;
    const trials = method.learningRateCandidates?.length ?? 1;
    if (max_steps !== undefined) return trials * max_steps;
    const settings = { batch_size, batching, gradient_accumulation_steps, num_epochs };
    const key = canonicalJson([settings, batching === 'by_image' ? seed : 0, splits.train.length, hashes]);
    const steps = counted.get(key) ?? orderOf(splits.train, settings, seed).totalSteps;
    counted.set(key, steps);
    return trials * steps;
  };
}
