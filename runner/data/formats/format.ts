/** What a data-set format is: how files on disk become records. One file a format; `formats` in index.ts lists them. */
import type { Item } from '../types';

/** A record of a file after reading: an item, or the reason why it cannot be one. */
export type ReadRecord = { item: Item } | { bad: { id: string; reason: string } };

export interface Format {
  id: string;
  /** One line for completion and hover. */
  summary: string;
  /** The splits that a folder of this format has; the word after the slash in `dataset/split`. */
  splits: readonly string[];
  /** Fields that `filter` may name, under the format's own names. */
  fields: readonly string[];
  /** File of a split, relative to the data set's folder. */
  fileOf(split: string): string;
  /** Folder that holds the images, relative to the data set's folder. */
  imageFolder: string;
  /**
   * Makes records of the text of a split's file.
   * @param file named in errors.
   * @throws MP2002 if the text as a whole cannot be parsed.
   */
  parse(text: string, file: string): ReadRecord[];
}
