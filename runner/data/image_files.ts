/** The image files of an item. */
import type { TaskItem } from './types';

/** Absolute paths, in their order; none for a text alone. */
export function imageFilesOf({
  imageFile,
  moreImageFiles = [],
}: Pick<TaskItem, 'imageFile' | 'moreImageFiles'>): string[] {
  return imageFile === undefined ? [] : [imageFile, ...moreImageFiles];
}
