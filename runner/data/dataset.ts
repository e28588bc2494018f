/** Opens a data set for a run: reads its splits, keeps what the filter asks for, checks that every image is there and inside the folder. */
import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import type { Dataset as DatasetSettings } from '../../schemas/generated/spec';
import { MedpeftError } from '../errors';
import { matches } from './filter';
import { type ImageChecker, imageChecker, type PathProblem } from './image_paths';
import { type OpenedFolder, openFolder, readSplit, splitsOf } from './read_split';
import { type BadRecord, type Dataset, type Item, imagesOf, repeatedId } from './types';

/**
 * @param settings the spec's; paths absolute, or relative to the working directory.
 * @param splits what to read; default: every split of the format, whose files must all be there.
 * @throws MP1106 unknown format, MP1102 unknown split, MP1101 unknown filter field, MP2001 missing folder, file or image, MP2002 unparsable
 *   file, MP2007 a pickle, MP2004 unusable records, all of a split at once (with `on_bad_item: skip` they are counted in `skipped` instead).
 */
export async function openDataset(settings: DatasetSettings, splits?: readonly string[]): Promise<Dataset> {
  const folder = await openFolder(settings);
  const { format, source, imageFolder } = folder;
  checkFilter(format.fields, settings, format.id);
  const root = await realpath(imageFolder).catch((cause) => {
    throw new MedpeftError(
      'MP2001',
      `image folder ${imageFolder} does not exist`,
      'check image_folder of the data set',
      imageFolder,
      { cause },
    );
  });
  const images = imageChecker(root, settings.allow_outside_images);
  const read = new Map<string, readonly Item[]>();
  const skipped: BadRecord[] = [];
  for (const split of splits ?? (await splitsOf(folder))) {
    const { items, problems } = await readItems(folder, split, settings, images);
    if (problems.length > 0 && settings.on_bad_item !== 'skip')
      throw unusable(problems, split, source.place((await format.filesOf(split, source))[0]!));
    read.set(split, items);
    for (const { id, reason } of problems) skipped.push({ split, id, reason });
  }
  return {
    imageFolder,
    imageOptions: settings.image_options,
    splits: read,
    fileHashes: { ...summarised(source.hashes), ...imagesHash([...read.values()].flat(), images.sizes) },
    skipped,
  };
}

/**
 * One hash over the names and sizes of the images of the items: what they show is not read for a plan, and another image in the same place hardly ever has the same number of
 * bytes.
 */
function imagesHash(items: readonly Item[], sizes: ReadonlyMap<string, number>): Record<string, string> {
  const images = [...new Set(items.flatMap(imagesOf))].sort();
  if (images.length === 0) return {};
  const hash = createHash('sha256');
  for (const image of images) hash.update(`${image}\t${sizes.get(image)}\n`);
  return { [`${images.length} images`]: hash.digest('hex') };
}

/** So many files are named one by one; a folder of single reports becomes one hash over all of them. */
const namedFiles = 16;

function summarised(hashes: Readonly<Record<string, string>>): Record<string, string> {
  const files = Object.entries(hashes).sort(([a], [b]) => (a < b ? -1 : 1));
  if (files.length <= namedFiles) return { ...hashes };
  const all = createHash('sha256')
    .update(files.map((pair) => pair.join('\t')).join('\n'))
    .digest('hex');
  return { [`${files.length} files`]: all };
}

type Problem = { id: string } & (PathProblem | { code: 'MP2004'; reason: string; detail?: undefined });

async function readItems(
  folder: OpenedFolder,
  split: string,
  settings: DatasetSettings,
  images: ImageChecker,
): Promise<{ items: Item[]; problems: Problem[] }> {
  const [items, problems, seen, fields] = [[] as Item[], [] as Problem[], new Set<string>(), new Set<string>()];
  for await (const record of readSplit(folder, split)) {
    if ('bad' in record) problems.push({ ...record.bad, code: 'MP2004' });
    else {
      const { item } = record;
      if (!folder.format.fields) for (const field of Object.keys(item.fields)) fields.add(field);
      if (!matches(item, settings.filter)) continue;
      const problem = seen.has(item.id)
        ? ({ code: 'MP2004', reason: repeatedId } as const)
        : await firstProblem(item, images);
      seen.add(item.id);
      if (problem) problems.push({ id: item.id, ...problem });
      else items.push(item);
    }
  }
  if (!folder.format.fields) checkFilter([...fields], settings, folder.format.id);
  return { items, problems };
}

async function firstProblem(item: Item, images: ImageChecker) {
  for (const image of imagesOf(item)) {
    const problem = await images.problem(image);
    if (problem) return problem;
  }
  return undefined;
}

/** One error for all the unusable records of a split: the first by name, the rest counted by reason. */
function unusable(problems: readonly Problem[], split: string, file: string): MedpeftError {
  const [{ id, reason, code, detail }] = problems as [Problem];
  const what = detail ? `${reason}: ${detail}` : reason;
  const name = /^(record|line) /.test(id) ? id : `record with id ${id}`;
  const counts = new Map<string, number>();
  for (const problem of problems) counts.set(problem.reason, (counts.get(problem.reason) ?? 0) + 1);
  const all = [...counts].map(([text, count]) => `${count} × ${text}`).join(', ');
  const more = problems.length > 1 ? `; of ${split} ${problems.length} records cannot be used: ${all}` : '';
  return new MedpeftError(code, `${file}: ${name} cannot be used: ${what}${more}`, hintFor(reason), `${file}#${id}`);
}

function hintFor(reason: string): string {
  const skip = 'set `"on_bad_item": "skip"` to leave such records out and have them counted';
  if (reason.endsWith('outside the data folder'))
    return `name their folder as "image_folder" of the data set, or trust the file with \`"allow_outside_images": true\`, or ${skip}`;
  if (reason === 'the image file is missing')
    return `name the folder of the images as "image_folder" of the data set, or ${skip}`;
  return `repair the record, or ${skip}`;
}

/** @param known the fields of the format, or those that occur in the file. */
function checkFilter(known: readonly string[] | undefined, { filter }: DatasetSettings, format: string): void {
  for (const field of Object.keys(filter ?? {}))
    if (known && !known.includes(field))
      throw new MedpeftError(
        'MP1101',
        `records of format ${format} have no field "${field}" to filter by`,
        `its fields are ${known.join(', ')}`,
      );
}
