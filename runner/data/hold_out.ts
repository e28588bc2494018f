/** Holds a part out of a training split for validation. */
import { createHash } from 'node:crypto';
import type { Task } from '../../schemas/generated/spec';
import { MedpeftError } from '../errors';
import type { TaskItem } from './types';

export type HoldOut = Exclude<NonNullable<Task['validation']>, readonly unknown[]>;

/**
 * Units (items or images) are ordered by SHA-256 of seed and name, and the first `fraction` of them is held out: at least one, never all.
 * So the choice depends on neither the order of the file nor on other units' number, only their rank: records that are added later move few.
 * @returns the held-out items; by image, also their image files, which no training split may keep, whatever its name.
 * @throws MP1106 by patient: no format of this version names patients.
 */
export function holdOut(
  items: readonly TaskItem[],
  { fraction, by = 'item', seed = 0 }: HoldOut,
): { held: TaskItem[]; heldImages: ReadonlySet<string> } {
  if (by === 'patient')
    throw new MedpeftError(
      'MP1106',
      'validation cannot be held out by patient: no data format of this version names patients',
      'hold out by image',
      'validation',
    );
  const unitOf = (item: TaskItem) => (by === 'image' ? item.image : item.id);
  const rank = (unit: string) => createHash('sha256').update(`${seed}:${unit}`).digest('hex');
  const units = [...new Set(items.map(unitOf))].map((unit) => ({ unit, rank: rank(unit) }));
  units.sort((a, b) => (a.rank < b.rank ? -1 : 1));
  const size = Math.min(units.length - 1, Math.max(1, Math.round(fraction * units.length)));
  const chosen = new Set(units.slice(0, Math.max(0, size)).map(({ unit }) => unit));
  const held = items.filter((item) => chosen.has(unitOf(item)));
  const images = new Set(by === 'image' ? held.map(({ imageFile }) => imageFile) : []);
  return { held, heldImages: images };
}
