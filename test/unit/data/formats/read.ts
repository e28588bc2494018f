/** Reads a data set without its images, as tests of formats do. */
import { openFolder, readSplit } from '../../../../runner/data/read_split';
import type { Note } from '../../../../runner/data/source';
import type { InstructionItem, Item, ReportItem, VqaItem } from '../../../../runner/data/types';
import type { Dataset } from '../../../../schemas/generated/spec';
import { sharedPath } from '../../../shared';

export interface Read {
  items: Item[];
  bad: { id: string; reason: string }[];
  notes: Note[];
  hashes: Record<string, string>;
}

export async function read(format: Dataset['format'], location: string, split: string): Promise<Read> {
  const folder = await openFolder({ format, path: location });
  const result: Read = { items: [], bad: [], notes: folder.source.notes, hashes: folder.source.hashes };
  for await (const record of readSplit(folder, split))
    if ('item' in record) result.items.push(record.item);
    else result.bad.push(record.bad);
  return result;
}

export const readShared = (format: Dataset['format'], place: string, split: string) =>
  read(format, sharedPath('data', ...place.split('/')), split);

export const questions = ({ items }: Read) => items as VqaItem[];
export const reports = ({ items }: Read) => items as ReportItem[];
export const chats = ({ items }: Read) => items as InstructionItem[];

/** Value -> how often, most frequent first in no particular order. */
export function countBy<T>(values: readonly T[], key: (value: T) => string | number): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[key(value)] = (counts[key(value)] ?? 0) + 1;
  return counts;
}
