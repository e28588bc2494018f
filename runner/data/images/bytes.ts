/** The bytes of an image by its name: a whole file, or a row of a parquet file. */
import { readFile } from 'node:fs/promises';
import { MedpeftError } from '../../errors';
import { refusalText } from '../../text';
import { parseReference } from '../image_reference';
import type { ParquetFile } from '../parquet_file';

export interface ImageBytes {
  bytes: Uint8Array;
  /** What is taken of the bytes (frame, window, slice …), as text; '' for all. */
  part: string;
}

/** @throws MP2001 missing file, MP2002 damaged parquet file, MP2003 no image in that row. */
export async function readImageBytes(image: string): Promise<ImageBytes> {
  const { file, options } = parseReference(image);
  const { row, ...rest } = options;
  const part = Object.keys(rest).length > 0 ? image.slice(file.length) : '';
  if (row !== undefined) return { bytes: await readRow(file, Number(row), image), part };
  try {
    return { bytes: await readFile(file), part };
  } catch (cause) {
    throw new MedpeftError(
      'MP2001',
      `image ${file} cannot be read: ${refusalText(cause)}`,
      'the data set names an image that is not there or may not be read',
      file,
      { cause },
    );
  }
}

/** The row group that was read last: images are asked for in the order of their rows, and a group is unpacked as a whole. */
let last: { file: string; from: number; rows: (Uint8Array | undefined)[] } | undefined;
const opened = new Map<string, Promise<ParquetFile>>();

async function readRow(file: string, row: number, image: string): Promise<Uint8Array> {
  if (last?.file !== file || row < last.from || row >= last.from + last.rows.length) {
    const { openParquet } = await import('../parquet_file');
    const opening = opened.get(file) ?? openParquet(file);
    opened.set(file, opening);
    const parquet = await opening;
    const { from, to } = parquet.groupOf(row);
    const rows = await parquet.read(['image'], from, to);
    last = { file, from, rows: rows.map((one) => (one.image as { bytes?: Uint8Array } | null)?.bytes) };
  }
  const bytes = last.rows[row - last.from];
  if (bytes) return bytes;
  throw new MedpeftError(
    'MP2003',
    `image ${image} cannot be read: the row holds no image`,
    'get the file again from its source',
    file,
  );
}
