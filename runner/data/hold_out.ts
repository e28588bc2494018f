/** Holds a part out of a training split for validation. */
import { createHash } from 'node:crypto';
import type { Task } from '../../schemas/generated/spec';
import { MedpeftError } from '../errors';
import type { HeldOut, TaskItem } from './types';

export type HoldOut = Exclude<NonNullable<Task['validation']>, readonly unknown[]>;

/** What tells images apart: their content where the reader knows it, else their file; undefined for an item without one. */
export function imageOf({ imageFile, imageHash }: Pick<TaskItem, 'imageFile' | 'imageHash'>): string | undefined {
  return imageHash ?? imageFile;
}

/** Name of the image or patient that a split keeps together, across data sets; an item alone, or without an image, has none. */
export function unitOf(item: TaskItem, by: HoldOut['by']): string | undefined {
  if (by === 'image') return imageOf(item);
  return by === 'patient' && item.patient !== undefined ? `${item.dataset}/${item.patient}` : undefined;
}

/** The held-out items of a split, and their images or patients (`unitOf`), which no training split may keep, whatever its name. */
export interface Held {
  held: TaskItem[];
  heldUnits: ReadonlySet<string>;
}

const heldOf = (held: TaskItem[], by: HoldOut['by']): Held => ({
  held,
  heldUnits: new Set(held.map((item) => unitOf(item, by)).filter((unit) => unit !== undefined)),
});

/** The items that a run held out when it began. @throws MP4003 if some of them are gone. */
export function heldBefore(items: readonly TaskItem[], { from, by, validation }: HeldOut): Held {
  const ids = new Set(validation);
  const held = items.filter(({ id }) => ids.has(id));
  if (held.length === ids.size) return heldOf(held, by);
  throw new MedpeftError(
    'MP4003',
    `${ids.size - held.length} of the ${ids.size} records that this run holds out of ${from} for validation are gone`,
    'put the data back as they were, or run the spec again: that makes a new run',
    from,
  );
}

/**
 * Units (items, images or patients) are ordered by SHA-256 of seed and name, and the first `fraction` of them is held out: at least one, never
 * all. So the choice depends on neither the order of the file nor on other units' number, only their rank: records that are added later move few.
 * @throws MP1108 by patient, if an item does not say who its patient is.
 */
export function holdOut(items: readonly TaskItem[], { fraction, by = 'item', seed = 0 }: HoldOut): Held {
  if (by === 'patient') requirePatients(items);
  const nameOf = (item: TaskItem) => {
    if (by === 'patient') return item.patient!;
    return (by === 'image' ? (item.imageHash ?? item.image) : undefined) ?? item.id;
  };
  const rank = (unit: string) => createHash('sha256').update(`${seed}:${unit}`).digest('hex');
  const units = [...new Set(items.map(nameOf))].map((unit) => ({ unit, rank: rank(unit) }));
  units.sort((a, b) => (a.rank < b.rank ? -1 : 1));
  const size = Math.min(units.length - 1, Math.max(1, Math.round(fraction * units.length)));
  const chosen = new Set(units.slice(0, Math.max(0, size)).map(({ unit }) => unit));
  const held = items.filter((item) => chosen.has(nameOf(item)));
  return heldOf(held, by);
}

function requirePatients(items: readonly TaskItem[]): void {
  const without = items.filter(({ patient }) => patient === undefined);
  if (without.length > 0)
    throw new MedpeftError(
      'MP1108',
      `validation cannot be held out by patient: ${without.length} of ${items.length} items do not say whose image it is (first: ${without[0]!.split}#${without[0]!.id})`,
      'hold out by image; formats that name patients: mimic_cxr, r2gen, iu_xray, and table with a column "patient"',
      'validation',
    );
}
