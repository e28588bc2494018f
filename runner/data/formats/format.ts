/** What a data-set format is: how files on disk become records. One file a format; `formats` in index.ts lists them. */
import type { Source } from '../source';
import type { Item } from '../types';

/** A record of a file after reading: an item, or the reason why it cannot be one. */
export type ReadRecord = { item: Item } | { bad: { id: string; reason: string } };

export interface Format {
  id: string;
  /** One line for completion and hover. */
  summary: string;
  /** What its records become; several where the files decide. */
  kinds: readonly Item['kind'][];
  /** The splits that a data set of this format has: the word after the slash in `dataset/split`. Absent: files are named after splits. */
  splits?: readonly string[];
  /** Fields that `filter` may name, under the format's own names. Absent: the columns of the file. */
  fields?: readonly string[];
  /** Where images lie, relative to the data set's folder: the first folder that is there; '' is the folder itself. */
  imageFolders: readonly string[];
  /** Whether the path of a data set may name a file instead of a folder. */
  acceptsFile?: true;
  /** The splits of a folder whose format names none. */
  splitsOf?(source: Source): Promise<string[]>;
  /** The files of a split, relative to the folder. @throws MP2001 naming what was looked for. */
  filesOf(split: string, source: Source): Promise<string[]>;
  /**
   * Reads a split record by record: no more than a few records are in memory at a time.
   * @param files as `filesOf` gives them.
   * @throws MP2001, MP2002, MP2007 for a file as a whole.
   */
  read(split: string, files: readonly string[], source: Source): AsyncGenerator<ReadRecord>;
}
