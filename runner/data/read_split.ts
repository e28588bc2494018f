/** Opens a data set's files and reads its splits, without looking for images. What runs, `inspect data` and the editor read with. */
import path from 'node:path';
import type { Dataset as DatasetSettings } from '../../schemas/generated/spec';
import { MedpeftError } from '../errors';
import { type Format, formatOf, type ReadRecord } from './formats';
import { openSource, type Source } from './source';
import type { Item } from './types';

export interface OpenedFolder {
  format: Format;
  source: Source;
  /** Folder that image paths are relative to, absolute. */
  imageFolder: string;
  /** What stands before image names to make them relative to `imageFolder`: '' or a folder with `/`. */
  prefix: string;
}

/** @throws MP1106 unknown format, MP2001 if nothing is at the path, or a file where a folder must be. */
export async function openFolder(
  settings: Pick<DatasetSettings, 'format' | 'path' | 'image_folder'>,
): Promise<OpenedFolder> {
  const format = formatOf(settings.format);
  const source = await openSource(path.resolve(settings.path));
  if (source.only !== undefined && !format.acceptsFile)
    throw new MedpeftError(
      'MP2001',
      `${source.place(source.only)} is not a folder`,
      `a data set of format ${format.id} is named by its folder`,
      source.place(source.only),
    );
  if (settings.image_folder !== undefined)
    return { format, source, imageFolder: path.resolve(settings.image_folder), prefix: '' };
  let folder = format.imageFolders[0]!;
  for (const candidate of [...format.imageFolders].reverse()) if (await source.has(candidate)) folder = candidate;
  return { format, source, imageFolder: source.folder, prefix: folder && `${folder}/` };
}

/** The splits that the format or the files name. */
export async function splitsOf({ format, source }: OpenedFolder): Promise<readonly string[]> {
  return format.splits ?? (await format.splitsOf!(source));
}

/** Those of them whose files are there. @throws MP2001 what the first of them lacks, if none is. */
export async function presentSplits(folder: OpenedFolder): Promise<readonly string[]> {
  const present: string[] = [];
  let first: MedpeftError | undefined;
  for (const split of await splitsOf(folder))
    try {
      const files = await folder.format.filesOf(split, folder.source);
      if (files.length > 0) present.push(split);
    } catch (error) {
      if (!(error instanceof MedpeftError) || error.code !== 'MP2001') throw error;
      first ??= error;
    }
  if (present.length > 0) return present;
  throw (
    first ??
    new MedpeftError(
      'MP2001',
      `no file in ${folder.source.folder} is named after a split of format ${folder.format.id}`,
      'check the path and the format of the data set: docs/data.md lists which files each format reads',
      folder.source.folder,
    )
  );
}

/** The records of a split, their images named relative to `imageFolder`. @throws MP1102, MP2001, MP2002, MP2007. */
export async function* readSplit(folder: OpenedFolder, split: string): AsyncGenerator<ReadRecord> {
  const { format, source, prefix } = folder;
  const known = await splitsOf(folder);
  if (!known.includes(split))
    throw new MedpeftError(
      'MP1102',
      `a data set of format ${format.id} has no split "${split}"`,
      `its splits are ${known.join(', ') || 'none: no file in the folder is named after one'}`,
      source.folder,
    );
  const files = await format.filesOf(split, source);
  for await (const record of format.read(split, files, source))
    yield 'item' in record && prefix ? { item: inFolder(record.item, prefix) } : record;
}

function inFolder(item: Item, prefix: string): Item {
  const place = (image: string) => (path.isAbsolute(image) ? image : prefix + image);
  // Rows of a parquet file name the file itself, which lies beside the image folder.
  if (item.kind === 'vqa') return item.imageHash === undefined ? { ...item, image: place(item.image) } : item;
  if (item.kind === 'report')
    return { ...item, images: item.images.map((image) => ({ ...image, image: place(image.image) })) };
  return { ...item, images: item.images.map(place) };
}
