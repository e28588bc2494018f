/** A growing file of lines, read in slices: however long it is, only one slice is in memory. */
import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { MedpeftError } from '../errors';
import { refusalText } from '../text';

const sliceBytes = 4 * 1024 * 1024;

export interface Slice {
  /** Whole lines. */
  bytes: Buffer;
  /** Where they begin and end in the file. */
  from: number;
  to: number;
}

/**
 * Whole lines from a byte offset on, to the file's present end or to `end`. Half a line at the end is held back until it is whole. A file that is shorter
 * than `offset` is another one, and read from its start. MP4003 where it cannot be read.
 */
export function* lineSlices(file: string, offset = 0, end = Number.POSITIVE_INFINITY): Generator<Slice> {
  if (!existsSync(file)) return;
  const fd = openSync(file, 'r');
  try {
    const size = Math.min(fstatSync(fd).size, end);
    let from = offset > size ? 0 : offset;
    let length = sliceBytes;
    while (from < size) {
      const bytes = Buffer.alloc(Math.min(length, size - from));
      let read = 0;
      while (read < bytes.length) {
        const n = readSync(fd, bytes, read, bytes.length - read, from + read);
        if (n === 0) break;
        read += n;
      }
      const whole = bytes.subarray(0, read).lastIndexOf(10) + 1;
      if (whole === 0) {
        if (from + read >= size || read < bytes.length) return;
        length *= 2; // one line is longer than a slice
        continue;
      }
      yield { bytes: bytes.subarray(0, whole), from, to: from + whole };
      from += whole;
      length = sliceBytes;
    }
  } catch (error) {
    throw new MedpeftError('MP4003', `events cannot be read: ${refusalText(error)}`, undefined, file, {
      cause: error,
    });
  } finally {
    closeSync(fd);
  }
}
