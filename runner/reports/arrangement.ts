/** What a reader may ask of a comparison. Types alone: web pages know them, too. */

/** What a score is drawn against. */
export type Cost = 'trainable' | 'memory' | 'time';

export interface Arrangement {
  /** Key of a column. Rows without a value come last either way. */
  sort?: { column: string; descending: boolean };
  /** Path of a setting: rows of one value stand together. */
  group?: string;
  /** Words that a row's name must hold, and `setting=value` (the end of the setting's path is enough). */
  filter?: string;
  /** Keys of columns that are left out; those that scores mean little without stay. */
  hidden?: readonly string[];
  /** Keys of columns in their order; others follow in the report's. */
  order?: readonly string[];
  /** Adds the settings that differ between the rows as columns. */
  changed?: boolean;
  /** Only rows that the reader starred. */
  starred?: boolean;
}
