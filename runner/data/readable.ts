/** Finds images that do not decode before a run spends time on the others. */
import type { Dataset as DatasetSettings } from '../../schemas/generated/spec';
import { MedpeftError } from '../errors';
import { imageFilesOf } from './image_files';
import type { ImageLoader } from './images/loader';
import type { BadRecord, ResolvedSplits, TaskItem } from './types';

/**
 * Loads every image of a task once.
 * @param settings of the data sets by name: their `on_bad_item` decides.
 * @returns the splits without the items whose image cannot be read, and those items.
 * @throws MP2003 (MP2001) for the first such image of a data set that does not say `skip`.
 */
export async function withoutUnreadable(
  splits: ResolvedSplits,
  images: ImageLoader,
  settings: Readonly<Record<string, Pick<DatasetSettings, 'on_bad_item'>>>,
): Promise<{ splits: ResolvedSplits; skipped: BadRecord[] }> {
  const all = [...splits.train, ...splits.validation, ...[...splits.test.values(), ...splits.transfer.values()].flat()];
  const broken = new Set<string>();
  const files = new Map(all.flatMap((item) => imageFilesOf(item).map((file) => [file, item.dataset] as const)));
  for (const [file, dataset] of files)
    try {
      await images.load(file);
    } catch (error) {
      if (!(error instanceof MedpeftError) || settings[dataset]?.on_bad_item !== 'skip') throw error;
      broken.add(file);
    }
  const isBroken = (item: TaskItem) => imageFilesOf(item).some((file) => broken.has(file));
  const readable = (items: readonly TaskItem[]) => items.filter((item) => !isBroken(item));
  const eachReadable = (map: ReadonlyMap<string, TaskItem[]>) =>
    new Map([...map].map(([name, items]) => [name, readable(items)]));
  return {
    splits: {
      ...splits,
      train: readable(splits.train),
      validation: readable(splits.validation),
      test: eachReadable(splits.test),
      transfer: eachReadable(splits.transfer),
    },
    skipped: all.filter(isBroken).map(({ id, split }) => ({ split, id, reason: 'the image cannot be read' })),
  };
}
