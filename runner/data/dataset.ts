/** Opens a data set: reads its files, keeps what the filter asks for, checks that every image is there and inside the folder. */
import { createHash } from 'node:crypto';
import { readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Dataset as DatasetSettings } from '../../schemas/generated/spec';
import type { Code } from '../codes';
import { MedpeftError } from '../errors';
import { matches } from './filter';
import { type Format, formatOf } from './formats';
import { type BadRecord, type Dataset, type Item, imagesOf } from './types';

/**
 * @param settings the spec's; `path` absolute, or relative to the working directory.
 * @param splits what to read; default: every split of the format.
 * @throws MP1106 unknown format, MP1102 unknown split, MP1101 unknown filter field, MP2001 missing folder, file or image,
 *   MP2002 unparsable file, MP2004 unusable record (with `on_bad_item: skip` these are counted in `skipped` instead).
 */
export async function openDataset(settings: DatasetSettings, splits?: readonly string[]): Promise<Dataset> {
  const format = formatOf(settings.format);
  const folder = path.resolve(settings.path);
  const root = await realFolder(folder);
  const wanted = splits ?? format.splits;
  for (const split of wanted) checkSplit(format, split, folder);
  checkFilter(format, settings.filter);

  const images = imageChecker(root);
  const dataset = { splits: new Map<string, Item[]>(), fileHashes: {} as Record<string, string> };
  const skipped: BadRecord[] = [];
  for (const split of wanted) {
    const file = path.join(folder, format.fileOf(split));
    const bytes = await readDataFile(file);
    dataset.fileHashes[format.fileOf(split)] = createHash('sha256').update(bytes).digest('hex');
    const items: Item[] = [];
    const seen = new Set<string>();
    for (const record of format.parse(decodeUtf8(bytes, file), file)) {
      const bad = 'bad' in record ? { ...record.bad, code: 'MP2004' as const } : undefined;
      const kept = 'item' in record && matches(record.item, settings.filter) ? record.item : undefined;
      const problem = bad ?? (kept && (await checkItem(kept, seen, images)));
      if (!problem) {
        if (kept) items.push(kept);
      } else if (settings.on_bad_item === 'skip') {
        skipped.push({ split, id: problem.id, reason: problem.reason });
      } else throw unusable(problem, file);
    }
    dataset.splits.set(split, items);
  }
  return { imageFolder: folder, ...dataset, skipped };
}

interface Problem {
  id: string;
  reason: string;
  code: Code;
  /** What exactly, where the reason alone does not say. */
  detail?: string;
}

async function checkItem(
  item: Item,
  seen: Set<string>,
  images: (image: string) => Promise<Omit<Problem, 'id'> | undefined>,
): Promise<Problem | undefined> {
  if (seen.has(item.id)) return { id: item.id, reason: 'the id occurs twice in the split', code: 'MP2004' };
  seen.add(item.id);
  const problem = await images(imagesOf(item)[0]!);
  return problem && { id: item.id, ...problem };
}

/** Looks at each image path once: is it within the folder, also after following links, and is a file there? */
function imageChecker(root: string): (image: string) => Promise<Omit<Problem, 'id'> | undefined> {
  const known = new Map<string, Promise<Omit<Problem, 'id'> | undefined>>();
  const look = async (image: string) => {
    const outside = { reason: 'the image lies outside the data folder', code: 'MP2004', detail: image } as const;
    const file = path.resolve(root, image);
    if (path.isAbsolute(image) || !within(root, file)) return outside;
    try {
      const real = await realpath(file);
      if (!within(root, real)) return outside;
      if ((await stat(real)).isFile()) return undefined;
    } catch {}
    return { reason: 'the image file is missing', code: 'MP2001', detail: image } as const;
  };
  return (image) => {
    const found = known.get(image) ?? look(image);
    known.set(image, found);
    return found;
  };
}

function within(root: string, file: string): boolean {
  const relative = path.relative(root, file);
  return relative !== '' && relative.split(path.sep)[0] !== '..' && !path.isAbsolute(relative);
}

function unusable({ id, reason, code, detail }: Problem, file: string): MedpeftError {
  const what = detail ? `${reason}: ${detail}` : reason;
  return new MedpeftError(
    code,
    `${file}: ${id.startsWith('record ') ? id : `record with id ${id}`} cannot be used: ${what}`,
    'repair the record, or set `"on_bad_item": "skip"` to leave such records out and have them counted',
    `${file}#${id}`,
  );
}

async function realFolder(folder: string): Promise<string> {
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory()) return realpath(folder);
  throw new MedpeftError(
    'MP2001',
    found ? `${folder} is not a folder` : `data folder ${folder} does not exist`,
    'paths of data sets are relative to the spec; docs/data.md says where each data set can be had',
    folder,
  );
}

async function readDataFile(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new MedpeftError(
      'MP2001',
      missing ? `data file ${file} does not exist` : `data file ${file} cannot be read: ${(cause as Error).message}`,
      missing ? 'check the path and the format of the data set' : 'check the rights of the file',
      file,
      { cause },
    );
  }
}

function decodeUtf8(bytes: Buffer, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new MedpeftError('MP2002', `${file} is not UTF-8 text`, 'save the file as UTF-8', file, { cause });
  }
}

function checkSplit(format: Format, split: string, folder: string): void {
  if (!format.splits.includes(split))
    throw new MedpeftError(
      'MP1102',
      `a data set of format ${format.id} has no split "${split}"`,
      `its splits are ${format.splits.join(', ')}`,
      folder,
    );
}

function checkFilter(format: Format, filter: DatasetSettings['filter']): void {
  for (const field of Object.keys(filter ?? {}))
    if (!format.fields.includes(field))
      throw new MedpeftError(
        'MP1101',
        `records of format ${format.id} have no field "${field}" to filter by`,
        `its fields are ${format.fields.join(', ')}`,
      );
}
