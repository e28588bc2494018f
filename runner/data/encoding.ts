/** Bytes to text, and what is refused before it is taken for text. */
import path from 'node:path';
import { MedpeftError } from '../errors';

const utf16 = 'save it as UTF-8, for example with `iconv -f UTF-16 -t UTF-8`';

/**
 * Looks at the first bytes of a data file.
 * @throws MP2007 a pickle, MP2002 a Git LFS pointer, a zip archive, UTF-16 or UTF-32 text.
 */
export function refuseForeign(start: Buffer, file: string): void {
  const refuse = (what: string, hint: string) => {
    throw new MedpeftError('MP2002', `${file} ${what}`, hint, file);
  };
  // Pickle protocol 2 and later starts with 0x80 and its number; protocol 0 and 1 are known by the name alone.
  if (/\.(pkl|pickle)$/i.test(file) || (start[0] === 0x80 && start[1]! >= 2 && start[1]! <= 5))
    throw new MedpeftError(
      'MP2007',
      `${file} is a pickle, and pickles are never opened: reading one can run any program`,
      `if you trust its source, convert it in a sandbox: python -c "import pickle, json; json.dump(pickle.load(open('${path.basename(file)}', 'rb')), open('converted.json', 'w'))"`,
      file,
    );
  if (start.subarray(0, 42).toString('latin1').startsWith('version https://git-lfs.github.com/spec/'))
    refuse(
      'is a Git LFS pointer: its content was not fetched',
      'run `git lfs pull` in that repository, or get the file itself',
    );
  if (start[0] === 0x50 && start[1] === 0x4b && start[2] === 3 && start[3] === 4)
    refuse('is a zip archive', 'unpack it and name the folder');
  if ((start[0] === 0xff && start[1] === 0xfe) || (start[0] === 0xfe && start[1] === 0xff))
    refuse('is UTF-16 text, not UTF-8 text', utf16);
}

/** Decodes strictly, without byte order mark. @throws MP2002 with the place of the first byte that is not UTF-8. */
export async function* textPieces(bytes: AsyncIterable<Buffer>, file: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const done = { bytes: 0, lines: 1 };
  for await (const piece of bytes) {
    if (done.bytes === 0 && looksUtf16(piece))
      throw new MedpeftError('MP2002', `${file} is UTF-16 text without a mark, not UTF-8 text`, utf16, file);
    yield decode(decoder, piece, file, done);
    done.bytes += piece.length;
    for (const byte of piece) if (byte === 10) done.lines++;
  }
  yield decode(decoder, undefined, file, done);
}

/** Every second byte of the start is zero: no JSON, CSV or XML in UTF-8 is like that. */
function looksUtf16(piece: Buffer): boolean {
  const start = piece.subarray(0, 64);
  const zeros = [0, 1].map((parity) => start.filter((byte, i) => i % 2 === parity && byte === 0).length);
  return start.length >= 4 && Math.max(...zeros) > start.length / 4;
}

function decode(
  decoder: InstanceType<typeof TextDecoder>,
  piece: Buffer | undefined,
  file: string,
  done: { bytes: number; lines: number },
) {
  try {
    return piece ? decoder.decode(piece, { stream: true }) : decoder.decode();
  } catch (cause) {
    const at = piece ? firstInvalid(piece) : 0;
    const line = done.lines + (piece ? piece.subarray(0, at).filter((byte) => byte === 10).length : 0);
    const byte = piece?.[at];
    const what = byte === undefined ? 'it ends within a character' : `byte 0x${byte.toString(16)}`;
    throw new MedpeftError(
      'MP2002',
      `${file} is not UTF-8 text: ${what} at line ${line}, offset ${done.bytes + at}`,
      'it may be Latin-1 or Windows-1252; save it as UTF-8, for example with `iconv -f WINDOWS-1252 -t UTF-8`',
      `${file}:${line}`,
      { cause },
    );
  }
}

/** Index of the first byte that belongs to no UTF-8 character; bytes that continue one of the piece before are passed over. */
function firstInvalid(piece: Buffer): number {
  let i = 0;
  while (i < Math.min(3, piece.length) && (piece[i]! & 0xc0) === 0x80) i++;
  while (i < piece.length) {
    const first = piece[i]!;
    const more =
      first < 0x80
        ? 0
        : first >= 0xc2 && first < 0xe0
          ? 1
          : (first & 0xf0) === 0xe0
            ? 2
            : first >= 0xf0 && first < 0xf5
              ? 3
              : -1;
    if (more < 0) return i;
    for (let j = 1; j <= more; j++) if (i + j < piece.length && (piece[i + j]! & 0xc0) !== 0x80) return i;
    i += more + 1;
  }
  return 0;
}
