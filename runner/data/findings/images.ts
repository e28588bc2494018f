/** Looks at the images of a data set before training: which decode, how large they are, which are copies of another or look like it. */
import { createHash } from 'node:crypto';
import path from 'node:path';
import type { Code } from '../../codes';
import { MedpeftError } from '../../errors';
import { parseReference } from '../image_reference';
import { readImageBytes } from '../images/bytes';
import { decode } from '../images/decode';
import { fingerprint } from '../images/fingerprint';
import { namedImages } from './asked';
import { copies } from './copies';
import { type Finding, finding } from './finding';
import { imageFilesIn } from './image_files';
import type { LookedAt } from './index';

export interface ImageSize {
  image: string;
  width: number;
  height: number;
}

export interface ImageFacts {
  /** Image files in the image folder, used or not. */
  files: number;
  /** Those that no record names. */
  unused: string[];
  /** Images that records name and that are there, but do not decode. */
  unreadable: string[];
  /** Of those that do: smallest and largest by area, and medians of both sides. */
  sizes?: { smallest: ImageSize; largest: ImageSize; width: number; height: number; distinct: number };
}

export interface KnownImage extends ImageSize {
  /** SHA-256 of the bytes, and of what is taken of them. */
  hash: string;
  fingerprint: Uint32Array | undefined;
  /** Whether it is stored turned, as a tag says. */
  turned: boolean;
}

/**
 * Decodes every image that a record names, one after the other, as a run would.
 * @param looked what `lookAtRecords` says of the same data set. @param signal ends it at the next image, by throwing its reason.
 */
export async function lookAtImages(
  looked: LookedAt,
  signal?: AbortSignal,
): Promise<{ images: ImageFacts; findings: Finding[] }> {
  const { splits, missing, folder } = looked;
  const names = new Map<string, string>();
  for (const item of [...splits.values()].flat())
    for (const { key, image } of namedImages(item)) if (!missing.has(image) && !names.has(key)) names.set(key, image);
  const [known, unreadable, large] = [new Map<string, KnownImage>(), [] as string[], [] as string[]];
  for (const [key, image] of names) {
    signal?.throwIfAborted();
    const read = await lookAt(folder.imageFolder, image);
    if (typeof read !== 'string') known.set(key, read);
    else if (read === 'MP2008') large.push(image);
    else unreadable.push(image);
  }
  const turned = [...known.values()].filter((one) => one.turned).map(({ image }) => image);
  const used = new Set([...names.values()].map((image) => path.posix.normalize(parseReference(image).file)));
  const files = await imageFilesIn(folder.imageFolder, folder.prefix);
  const unused = files.filter((file) => !used.has(file));
  return {
    images: { files: files.length, unused, unreadable: [...unreadable, ...large], ...sizesOf([...known.values()]) },
    findings: [
      ...finding('image_unreadable', [], unreadable, { of: names.size }),
      ...finding('image_unreadable', [], large, {
        of: names.size,
        says: 'image files too large to be decoded (MP2008)',
      }),
      ...copies(splits, known),
      ...finding('image_turned', [], turned, { of: known.size }),
      ...finding('image_unused', [], unused, { of: files.length }),
    ],
  };
}

/** @returns the code of why a run could not read it either. */
async function lookAt(root: string, image: string): Promise<KnownImage | Code> {
  const file = path.resolve(root, image);
  try {
    const { bytes, part } = await readImageBytes(file);
    const hash = createHash('sha256').update(bytes).update(part).digest('hex');
    const decoded = await decode(bytes, file);
    const { width, height, turned = false } = decoded;
    return { image, hash, width, height, fingerprint: fingerprint(decoded), turned };
  } catch (error) {
    if (error instanceof MedpeftError) return error.code;
    throw error;
  }
}

function sizesOf(images: readonly KnownImage[]): Pick<ImageFacts, 'sizes'> {
  const byArea = images
    .map(({ image, width, height }) => ({ image, width, height }))
    .sort((a, b) => a.width * a.height - b.width * b.height);
  const [smallest, largest] = [byArea[0], byArea.at(-1)];
  if (!smallest || !largest) return {};
  const median = (values: number[]) => values.sort((a, b) => a - b)[(values.length - 1) >> 1]!;
  const width = median(byArea.map((one) => one.width));
  const height = median(byArea.map((one) => one.height));
  const distinct = new Set(byArea.map((one) => `${one.width} ${one.height}`)).size;
  return { sizes: { smallest, largest, width, height, distinct } };
}
