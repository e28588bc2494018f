/** Are the images that records name there, and inside the folder that they may come from? */
import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Code } from '../codes';
import { parseReference } from './image_reference';

export interface PathProblem {
  code: Code;
  /** The same words for the same defect. */
  reason: string;
  /** The image as the record names it. */
  detail: string;
}

export interface ImageChecker {
  /** What is wrong with an image as a record names it. */
  problem(image: string): Promise<PathProblem | undefined>;
  /** Bytes of each image that was looked at and is there, by that name. */
  readonly sizes: ReadonlyMap<string, number>;
}

/**
 * Looks at each image path once: is it relative, within the folder, also after following links, and is a file there?
 * @param root real path of the folder. @param anywhere whether images may lie outside of it.
 */
export function imageChecker(root: string, anywhere = false): ImageChecker {
  const sizes = new Map<string, number>();
  const known = new Map<string, Promise<PathProblem | undefined>>();
  const look = async (image: string): Promise<PathProblem | undefined> => {
    const outside = { reason: 'the image lies outside the data folder', code: 'MP2004', detail: image } as const;
    const file = path.resolve(root, parseReference(image).file);
    if (!anywhere && (path.isAbsolute(image) || !within(root, file))) return outside;
    try {
      const real = await realpath(file);
      if (!anywhere && !within(root, real)) return outside;
      const found = await stat(real);
      if (found.isFile()) {
        sizes.set(image, found.size);
        return undefined;
      }
    } catch {}
    return { reason: 'the image file is missing', code: 'MP2001', detail: image };
  };
  return {
    sizes,
    problem(image) {
      const found = known.get(image) ?? look(image);
      known.set(image, found);
      return found;
    },
  };
}

function within(root: string, file: string): boolean {
  const relative = path.relative(root, file);
  return relative !== '' && relative.split(path.sep)[0] !== '..' && !path.isAbsolute(relative);
}
