/** Rows of a parquet file as Hugging Face's image data sets have them: `image {bytes, path}`, `question`, `answer`. */
import { createHash } from 'node:crypto';
import { MedpeftError } from '../../errors';
import { openParquet } from '../parquet_file';
import type { Source } from '../source';

export interface ParquetRow {
  /** `file#row=N`: the image lies in the file. */
  image: string;
  /** SHA-256 of the image's bytes. Rows on one image repeat it, and only its content says so. */
  imageHash: string;
  question: unknown;
  answer: unknown;
}

/** One row group in memory at a time. @throws MP2001, MP2002. */
export async function* parquetRecords(source: Source, name: string): AsyncGenerator<ParquetRow> {
  const file = source.place(name);
  const hash = createHash('sha256');
  for await (const bytes of source.bytes(name)) hash.update(bytes);
  const parquet = await openParquet(file);
  const missing = ['image', 'question', 'answer'].filter((column) => !parquet.columns.includes(column));
  if (missing.length > 0)
    throw new MedpeftError(
      'MP2002',
      `${file} lacks the column${missing.length > 1 ? 's' : ''} ${missing.join(', ')}; it has ${parquet.columns.join(', ')}`,
      'check the format of the data set; docs/data.md shows the columns of each',
      file,
    );
  let index = 0;
  for await (const group of parquet.rows(['image', 'question', 'answer']))
    for (const { image, question, answer } of group) {
      const bytes = (image as { bytes?: Uint8Array } | null)?.bytes;
      yield {
        image: bytes ? `${name}#row=${index}` : '',
        imageHash: bytes ? createHash('sha256').update(bytes).digest('hex') : '',
        question,
        answer,
      };
      index++;
    }
}
