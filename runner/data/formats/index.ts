/** The data-set formats that this version reads. Adding one: a file beside this one and a line here. */
import { MedpeftError } from '../../errors';
import type { Format } from './format';
import { iuXray } from './iu_xray';
import { llavaJson } from './llava_json';
import { mimicCxr } from './mimic_cxr';
import { pathvqa } from './pathvqa';
import { pmcVqa } from './pmc_vqa';
import { r2gen } from './r2gen';
import { roco } from './roco';
import { slake } from './slake';
import { table } from './table';
import { vqaRad } from './vqa_rad';

export type { Format, ReadRecord } from './format';

export const formats: ReadonlyMap<string, Format> = new Map(
  [vqaRad, slake, pathvqa, pmcVqa, llavaJson, iuXray, r2gen, mimicCxr, roco, table].map((format) => [
    format.id,
    format,
  ]),
);

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
