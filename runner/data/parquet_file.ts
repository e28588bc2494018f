/** Parquet files, row group by row group. The library is loaded when the first file is. */
import { MedpeftError } from '../errors';

export interface ParquetFile {
  /** Names of the top-level columns. */
  columns: string[];
  /** Number of rows. */
  length: number;
  /** The rows of one row group after another. @throws MP2002 */
  rows(columns: readonly string[]): AsyncGenerator<Record<string, unknown>[]>;
  /** The rows `from` (included) to `to` (excluded). @throws MP2002 */
  read(columns: readonly string[], from: number, to: number): Promise<Record<string, unknown>[]>;
  /** First and last row (excluded) of the row group that holds a row. */
  groupOf(row: number): { from: number; to: number };
}

/** @throws MP2002 if it is no parquet file or damaged. */
export async function openParquet(file: string): Promise<ParquetFile> {
  const [{ asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects }, { compressors }] = await Promise.all([
    import('hyparquet'),
    import('hyparquet-compressors'),
  ]);
  const damaged = (cause: unknown) =>
    new MedpeftError(
      'MP2002',
      `${file} is not a parquet file that can be read: ${(cause as Error).message}`,
      'get the file again from its source',
      file,
      { cause },
    );
  try {
    const buffer = await asyncBufferFromFile(file);
    const metadata = await parquetMetadataAsync(buffer);
    const ends: number[] = [];
    for (const group of metadata.row_groups) ends.push((ends.at(-1) ?? 0) + Number(group.num_rows));
    const roots = metadata.schema[0]?.num_children ?? 0;
    const columns: string[] = [];
    for (let i = 1; columns.length < roots && i < metadata.schema.length; i = skip(metadata.schema, i))
      columns.push(metadata.schema[i]!.name);
    const read: ParquetFile['read'] = async (wanted, rowStart, rowEnd) => {
      try {
        return await parquetReadObjects({
          file: buffer,
          metadata,
          columns: [...wanted],
          rowStart,
          rowEnd,
          compressors,
          utf8: false,
        });
      } catch (cause) {
        throw damaged(cause);
      }
    };
    return {
      columns,
      length: ends.at(-1) ?? 0,
      read,
      async *rows(wanted) {
        for (const [i, end] of ends.entries()) yield await read(wanted, ends[i - 1] ?? 0, end);
      },
      groupOf(row) {
        const i = ends.findIndex((end) => row < end);
        return { from: ends[i - 1] ?? 0, to: ends[i] ?? 0 };
      },
    };
  } catch (cause) {
    throw cause instanceof MedpeftError ? cause : damaged(cause);
  }
}

/** Index of the element after a schema element and all below it. */
function skip(schema: readonly { num_children?: number }[], at: number): number {
  let next = at + 1;
  for (let i = 0; i < (schema[at]!.num_children ?? 0); i++) next = skip(schema, next);
  return next;
}
