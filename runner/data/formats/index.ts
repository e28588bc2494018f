/** The data-set formats that this version reads. Adding one: a file beside this one and a line here. */
import { MedpeftError } from '../../errors';
import type { Format } from './format';
import { vqaRad } from './vqa_rad';

export type { Format } from './format';

export const formats: ReadonlyMap<string, Format> = new Map([vqaRad].map((format) => [format.id, format]));

/** @throws MP1106 for a format that this version does not read. */
export function formatOf(id: string): Format {
  const format = formats.get(id);
  if (!format)
    throw new MedpeftError(
      'MP1106',
      `data sets of format "${id}" cannot be read in this version`,
      `formats that can be read: ${[...formats.keys()].join(', ')}`,
    );
  return format;
}
