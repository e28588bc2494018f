/** Estimates the memory of the runs of a plan. Most differ in rates and seeds alone: what they share is worked out once. */

import { MedpeftError } from '../errors';
import type { Selection } from '../methods/types';
import type { Checkpoint } from '../models';
import { once } from '../once';
import { canonicalJson } from './identity';
import { type BatchSizes, batchSizes, type MemoryOptions, memoryNeeds } from './memory';
import type { TaskData } from './resources';
import type { MemoryNeeds, PlannedRun } from './types';

export type Estimate = MemoryNeeds | { refused: MedpeftError } | undefined;

/** All that needs follow from -> them. Across plans, too: rehearsing a step takes longer than all the rest of a plan, and editors plan after every key. */
const rehearsed = new Map<string, Estimate>();
const mostRehearsed = 1000;

/**
 * @returns estimates the memory of one run after another: undefined where it is not known before it is tried, `refused` what the model cannot do.
 * Studies of several views are not rehearsed yet.
 */
export function memoryEstimator(): (
  run: PlannedRun,
  parts: { checkpoint: Checkpoint; selection: Selection; data: TaskData },
) => Estimate {
  const sizesOf = new Map<TaskData, Map<string, ReturnType<typeof batchSizes>>>();
  return (run, { checkpoint, selection, data }) => {
    const { task, training, seed, method, parameterGroups, adapters, model } = run;
    if (task.type !== 'vqa') return undefined;
    const { batch_size, batching, gradient_accumulation_steps: accumulated } = training;
    const { max_question_tokens, max_answer_tokens } = task;
    const own = once(sizesOf, data, () => new Map<string, ReturnType<typeof batchSizes>>());
    const shape = [batch_size, batching, seed, max_question_tokens ?? null, max_answer_tokens ?? null];
    const { allImages: images, ...sizes } = once(own, canonicalJson(shape), () => batchSizes(run, data.splits));
    const others = { images, accumulates: accumulated > 1, precision: model.frozen_precision };
    const [groups, added] = [parameterGroups, adapters].map((entries) =>
      Object.entries(entries).map(([name, { learning_rate: _, weight_decay: __, ...rest }]) => [name, rest]),
    );
    const key = canonicalJson([
      [checkpoint.family.id, checkpoint.hash, model.image_size ?? null],
      [method.components, groups, added],
      [sizes, others],
    ]);
    if (!rehearsed.has(key) && rehearsed.size >= mostRehearsed) rehearsed.clear();
    return once(rehearsed, key, () => rehearse(checkpoint, selection, sizes, others));
  };
}

function rehearse(checkpoint: Checkpoint, selection: Selection, sizes: BatchSizes, others: MemoryOptions): Estimate {
  try {
    return memoryNeeds(checkpoint, selection, sizes, others);
  } catch (refused) {
    if (refused instanceof MedpeftError) return { refused };
    throw refused;
  }
}
