/** The order of items: a pure function of seed and epoch, so that a resumed run goes on with the batch that it would have seen. */
import type { Training } from '../../schemas/generated/spec';
import { hash32, mulberry32, shuffle } from './random';
import type { TaskItem } from './types';

export interface BatchSettings {
  batchSize: number;
  batching: NonNullable<Training['batching']>;
  seed: number;
  /** From 0. */
  epoch: number;
}

/**
 * All micro-batches of one epoch, in order; every item once, the last batch may be smaller.
 * `by_image`: the questions of one image stand together, in shuffled order, cut into rows of at most `batchSize`; groups in shuffled order
 * are packed into a batch while they fit, so a batch may be smaller than `batchSize`. Items without an image are one group.
 */
export function batches<T extends Pick<TaskItem, 'imageFile'>>(
  items: readonly T[],
  { batchSize, batching, seed, epoch }: BatchSettings,
): readonly T[][] {
  const random = mulberry32(hash32(`${seed}:${epoch}`));
  const shuffled = shuffle(items, random);
  return batching === 'by_item' ? chunks(shuffled, batchSize) : packed(shuffled, batchSize, random);
}

/** Batches in the items' own order, for scoring: neighbours that share an image are encoded together. */
export function batchesInOrder(items: readonly TaskItem[], batchSize: number): readonly TaskItem[][] {
  return chunks(items, batchSize);
}

function packed<T extends Pick<TaskItem, 'imageFile'>>(
  shuffled: readonly T[],
  batchSize: number,
  random: () => number,
): T[][] {
  const byImage = new Map<string, T[]>();
  for (const item of shuffled) {
    const key = item.imageFile ?? '';
    byImage.set(key, [...(byImage.get(key) ?? []), item]);
  }
  const groups = shuffle(
    [...byImage.values()].flatMap((group) => chunks(group, batchSize)),
    random,
  );
  const out: T[][] = [];
  let open: T[] = [];
  for (const group of groups) {
    if (open.length + group.length > batchSize) {
      out.push(open);
      open = [];
    }
    open.push(...group);
  }
  if (open.length) out.push(open);
  return out;
}

function chunks<T>(values: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(values.length / size) }, (_, i) => values.slice(i * size, (i + 1) * size));
}
