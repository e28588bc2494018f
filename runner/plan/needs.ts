/** The memory that a run needs, worked out once for all runs, and all checks of a spec, that need the same. */
import { MedpeftError } from '../errors';
import type { Selection } from '../methods/types';
import type { Checkpoint } from '../models';
import { batchSizes, memoryNeeds } from './memory';
import type { TaskData } from './resources';
import type { MemoryNeeds, PlannedRun } from './types';

/** What the model cannot do is refused. */
export type Needs = MemoryNeeds | { refused: MedpeftError };

/** All that the needs follow from -> them: rehearsing a step takes longer than the rest of a plan, seeds share it, and editors plan after every key. */
const known = new Map<string, Needs | undefined>();
const MOST = 1000;

/** Studies of several views are not rehearsed yet: their memory is not known before they are tried. */
export function needsOf(
  run: PlannedRun,
  checkpoint: Checkpoint,
  selection: Selection,
  { splits }: TaskData,
): Needs | undefined {
  if (run.task.type !== 'vqa') return undefined;
  const { allImages: images, ...sizes } = batchSizes(run, splits);
  const accumulates = run.training.gradient_accumulation_steps > 1;
  const tuned = [run.method.components, run.parameterGroups, run.adapters];
  const key = JSON.stringify([
    checkpoint.family.id,
    checkpoint.hash,
    run.model.image_size,
    tuned,
    sizes,
    images,
    accumulates,
  ]);
  if (!known.has(key)) {
    if (known.size >= MOST) known.clear();
    known.set(
      key,
      rehearsed(() => memoryNeeds(checkpoint, selection, sizes, { images, accumulates })),
    );
  }
  return known.get(key);
}

function rehearsed(rehearse: () => MemoryNeeds | undefined): Needs | undefined {
  try {
    return rehearse();
  } catch (refused) {
    if (refused instanceof MedpeftError) return { refused };
    throw refused;
  }
}
