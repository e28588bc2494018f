/** Files of a tar archive, one after another (POSIX ustar; long names of GNU tar are not needed by any format here). */
import { MedpeftError } from '../../errors';

export interface ArchivedFile {
  name: string;
  content: Buffer;
}

const block = 512;

/** A file is held whole; a report has a few thousand bytes. */
const maxFile = 2 ** 24;

/** @param pieces the unpacked archive. @throws MP2002 if it ends within a file, a header is damaged, or a file is larger than 16 MiB. */
export async function* filesInTar(pieces: AsyncIterable<Buffer>, place: string): AsyncGenerator<ArchivedFile> {
  let held: Buffer = Buffer.alloc(0);
  const damaged = (what: string) =>
    new MedpeftError(
      'MP2002',
      `${place} is not a whole tar archive: ${what}`,
      'get the file again from its source',
      place,
    );
  for await (const piece of pieces) {
    held = held.length > 0 ? Buffer.concat([held, piece]) : piece;
    let at = 0;
    while (held.length - at >= block) {
      const header = held.subarray(at, at + block);
      if (header.every((byte) => byte === 0)) {
        at += block;
        continue;
      }
      const size = Number.parseInt(textOf(header, 124, 12), 8);
      if (!Number.isInteger(size) || size < 0) throw damaged('a header has no size');
      if (size > maxFile) throw damaged(`it says that a file has ${size} bytes; at most ${maxFile} are read`);
      const whole = block + Math.ceil(size / block) * block;
      if (held.length - at < whole) break;
      const [name, prefix, type] = [textOf(header, 0, 100), textOf(header, 345, 155), textOf(header, 156, 1)];
      const isFile = type === '' || type === '0';
      if (isFile)
        yield { name: prefix ? `${prefix}/${name}` : name, content: held.subarray(at + block, at + block + size) };
      at += whole;
    }
    held = held.subarray(at);
  }
  if (held.length > 0) throw damaged('it ends within a file');
}

function textOf(header: Buffer, from: number, length: number): string {
  return header
    .subarray(from, from + length)
    .toString('utf8')
    .replace(/\0.*$/s, '')
    .trim();
}
