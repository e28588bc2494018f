/** Which items a task trains on, chooses on and is scored on. Pure: the same data and settings always give the same items. */
import type { Dataset as DatasetSettings, Task } from '../../schemas/generated/spec';
import { MedpeftError } from '../errors';
import { openDataset } from './dataset';
import { type HoldOut, heldBefore, holdOut, imageOf, unitOf } from './hold_out';
import { eachAnswer, taskItemsOf } from './task_items';
import type { Dataset, HeldOut, ResolvedSplits, RoleCounts, SplitCounts, TaskItem } from './types';

/** Every split reference that a task names. */
export function splitReferences(task: Task): string[] {
  const validation = Array.isArray(task.validation) ? task.validation : task.validation ? [task.validation.from] : [];
  return [...new Set([...(task.train ?? []), ...validation, ...(task.test ?? []), ...(task.transfer ?? [])])];
}

/**
 * Opens the data sets that a task names, each with the splits that it names.
 * @param settings by name, as in the spec; `path` absolute.
 * @throws MP1101 unknown data set, and whatever `openDataset` throws.
 */
export async function openDatasets(
  task: Task,
  settings: Readonly<Record<string, DatasetSettings>>,
): Promise<Record<string, Dataset>> {
  const wanted = new Map<string, string[]>();
  for (const reference of splitReferences(task)) {
    const [name, split] = parts(reference);
    wanted.set(name, [...(wanted.get(name) ?? []), split]);
  }
  const opened: Record<string, Dataset> = {};
  for (const [name, splits] of wanted) {
    const dataset = settings[name];
    if (!dataset) throw unknownDataset(name, Object.keys(settings));
    opened[name] = await openDataset(dataset, splits);
  }
  return opened;
}

/**
 * @param datasets by the name that the spec gives them, as `openDatasets` opens them.
 * @param before what the run held out when it began; absent, it is chosen now.
 * @throws MP4003 if records of `before` are gone, MP1101 unknown data set, MP1102 unknown split, MP2005 a split without items, MP1108 records that the task cannot use, or holding out by patient where none are named.
 */
/** SHA-256 of the files of several data sets, by `dataset/file`. */
export function fileHashesOf(datasets: Readonly<Record<string, Dataset>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(datasets).flatMap(([name, { fileHashes }]) =>
      Object.entries(fileHashes).map(([file, hash]) => [`${name}/${file}`, hash]),
    ),
  );
}

export function resolveSplits(
  task: Task,
  datasets: Readonly<Record<string, Dataset>>,
  before?: HeldOut,
): ResolvedSplits {
  const read = (references: readonly string[] = []) =>
    new Map(references.map((reference) => [reference, itemsOf(task, reference, datasets)]));
  let train = [...read(task.train).values()].flat();
  let validation = Array.isArray(task.validation) ? [...read(task.validation).values()].flat() : [];
  let heldOut: HeldOut | undefined;
  if (task.validation && !Array.isArray(task.validation))
    ({ train, validation, heldOut } = holdOutOf(
      train,
      itemsOf(task, task.validation.from, datasets),
      task.validation,
      before,
    ));
  const scored = (references?: readonly string[]) =>
    new Map([...read(references)].map(([reference, items]) => [reference, items.flatMap(eachAnswer)]));
  validation = validation.flatMap(eachAnswer);
  const splits = {
    train,
    validation,
    test: scored(task.test),
    transfer: scored(task.transfer),
    ...(heldOut ? { heldOut } : {}),
  };
  for (const [name, items] of [
    ...(task.train ? [['train', train] as const] : []),
    ...(task.validation ? [['validation', validation] as const] : []),
    ...splits.test,
    ...splits.transfer,
  ])
    if (items.length === 0) throw emptySplit(name);
  return splits;
}

/** Sizes of every part and what tests share with training, for the run's manifest. A held-out part stands under `validation` with the split that it was taken from. */
export function countSplits({ train, validation, test, transfer }: ResolvedSplits): RoleCounts {
  const roles = { train, validation, test: [...test.values()].flat(), transfer: [...transfer.values()].flat() };
  const seen = imagesOf([...train, ...validation]);
  const counts: RoleCounts = {};
  for (const [role, items] of Object.entries(roles))
    for (const split of new Set(items.map((item) => item.split))) {
      const own = items.filter((item) => item.split === split);
      counts[role] ??= {};
      counts[role][split] = { ...count(own), ...(role === 'test' || role === 'transfer' ? seenOf(own, seen) : {}) };
    }
  return counts;
}

function seenOf(items: readonly TaskItem[], seen: ReadonlySet<string>): Pick<SplitCounts, 'seen_images'> {
  return { seen_images: [...imagesOf(items)].filter((image) => seen.has(image)).length };
}

function imagesOf(items: readonly TaskItem[]): Set<string> {
  return new Set(items.map(imageOf).filter((image) => image !== undefined));
}

function holdOutOf(train: readonly TaskItem[], items: readonly TaskItem[], settings: HoldOut, before?: HeldOut) {
  const { held, heldUnits } = before ? heldBefore(items, before) : holdOut(items, settings);
  const { from, fraction, by = 'item', seed = 0 } = settings;
  const heldIds = new Set(held.map(({ id }) => id));
  const isHeld = (item: TaskItem) =>
    heldUnits.has(unitOf(item, settings.by) ?? '') || (item.split === settings.from && heldIds.has(item.id));
  const heldOut: HeldOut = { from, fraction, by, seed, validation: held.map(({ id }) => id) };
  return { validation: held, train: train.filter((item) => !isHeld(item)), heldOut };
}

function itemsOf(task: Task, reference: string, datasets: Readonly<Record<string, Dataset>>): TaskItem[] {
  const [name, split] = parts(reference);
  const dataset = datasets[name];
  if (!dataset) throw unknownDataset(name, Object.keys(datasets));
  const items = dataset.splits.get(split);
  if (!items)
    throw new MedpeftError(
      'MP1102',
      `data set "${name}" has no split "${split}"`,
      `its splits are ${[...dataset.splits.keys()].join(', ')}`,
      reference,
    );
  return taskItemsOf(task, items, { dataset: name, split: reference, ...dataset });
}

function parts(reference: string): [string, string] {
  const slash = reference.indexOf('/');
  if (slash > 0 && slash < reference.length - 1) return [reference.slice(0, slash), reference.slice(slash + 1)];
  throw new MedpeftError(
    'MP1102',
    `"${reference}" is not a split`,
    'write dataset/split, such as rad/train',
    reference,
  );
}

function count(items: readonly TaskItem[]): SplitCounts {
  return { items: items.length, images: imagesOf(items).size };
}

function unknownDataset(name: string, known: readonly string[]): MedpeftError {
  return new MedpeftError('MP1101', `there is no data set "${name}"`, `data sets: ${known.join(', ') || 'none'}`, name);
}

function emptySplit(split: string): MedpeftError {
  return new MedpeftError(
    'MP2005',
    `no item is left in ${split}`,
    'look at the filter of the data set, at what was skipped, and at the held-out fraction',
    split,
  );
}
