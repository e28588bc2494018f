/** The image files of a data set: which are there, which are used, how large they are. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { type Dataset, imagesOf } from './types';

export interface ImageFiles {
  /** Files in the image folder. */
  files: number;
  /** Those that no item names; paths relative to the data set's folder. */
  unused: string[];
  /** Used files whose header cannot be read. */
  unreadable: string[];
  /** Smallest and largest by area, of the used ones. */
  smallest?: ImageSize;
  largest?: ImageSize;
}

export interface ImageSize {
  image: string;
  width: number;
  height: number;
}

/** @param folder of images, relative to the data set's. Reads the files' headers only. */
export async function imageFiles({ imageFolder, splits }: Dataset, folder: string): Promise<ImageFiles> {
  const names = await readdir(path.join(imageFolder, folder), { recursive: true, withFileTypes: true }).catch(() => []);
  const files = names
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(imageFolder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'));
  const used = new Set(
    [...splits.values()]
      .flat()
      .flatMap(imagesOf)
      .map((image) => path.posix.normalize(image)),
  );
  const unreadable: string[] = [];
  const sizes: ImageSize[] = [];
  const { default: sharp } = await import('sharp');
  for (const image of used)
    try {
      const { width, height } = await sharp(path.join(imageFolder, image)).metadata();
      sizes.push({ image, width, height });
    } catch {
      // Counted: the caller reports every such file.
      unreadable.push(image);
    }
  sizes.sort((a, b) => a.width * a.height - b.width * b.height);
  const smallest = sizes[0];
  const largest = sizes.at(-1);
  return {
    files: files.length,
    unused: files.filter((file) => !used.has(file)).sort(),
    unreadable,
    ...(smallest && largest ? { smallest, largest } : {}),
  };
}
