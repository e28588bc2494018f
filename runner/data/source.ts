/** A data set's folder (or single file) as format readers see it: files by relative name, text in pieces, hashes of what was read. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { createGunzip } from 'node:zlib';
import { MedpeftError } from '../errors';
import { refuseForeign, textPieces } from './encoding';

/** Something about the files that a reader got over, for the findings. */
export interface Note {
  code: string;
  message: string;
  count: number;
  examples: string[];
}

export interface Source {
  /** Absolute. */
  readonly folder: string;
  /** If the path of the data set is a file: its name within `folder`. */
  readonly only?: string;
  /** SHA-256 by name, of files that were read to their end. */
  readonly hashes: Record<string, string>;
  readonly notes: Note[];
  /** Whether a file or folder is there. */
  has(name: string): Promise<boolean>;
  /** Names of the files of a folder in alphabetical order, itself relative to `folder`; [] if it is not there. With `everything`, of its folders, too. */
  list(subfolder?: string, everything?: boolean): Promise<string[]>;
  /** UTF-8 text without byte order mark; `.gz` is unpacked. @throws MP2001, MP2002, MP2007. */
  text(name: string): AsyncGenerator<string>;
  /** Bytes; `.gz` and `.tgz` are unpacked. @throws MP2001. */
  bytes(name: string): AsyncGenerator<Buffer>;
  /** Absolute path, for errors. */
  place(name: string): string;
  /** Counts something under a code, keeping the first few examples. */
  note(code: string, message: string, example: string): void;
}

const keptExamples = 5;

/** @param location folder or file, absolute. @throws MP2001 if nothing is there. */
export async function openSource(location: string): Promise<Source> {
  const found = await stat(location).catch(() => undefined);
  if (!found)
    throw new MedpeftError(
      'MP2001',
      `data folder ${location} does not exist`,
      'paths of data sets are relative to the spec; docs/data.md says where each data set can be had',
      location,
    );
  const folder = found.isDirectory() ? location : path.dirname(location);
  const hashes: Record<string, string> = {};
  const notes: Note[] = [];
  const place = (name: string) => path.join(folder, name);
  return {
    folder,
    ...(found.isDirectory() ? {} : { only: path.basename(location) }),
    hashes,
    notes,
    place,
    has: async (name) => (await stat(place(name)).catch(() => undefined)) !== undefined,
    async list(subfolder = '', everything = false) {
      const entries = await readdir(place(subfolder), { withFileTypes: true }).catch(() => []);
      const names = entries.filter((entry) => everything || !entry.isDirectory()).map(({ name }) => name);
      return names.sort().map((name) => path.posix.join(subfolder, name));
    },
    text: (name) => textPieces(bytesOf(name, place(name), hashes), place(name)),
    bytes: (name) => bytesOf(name, place(name), hashes),
    note(code, message, example) {
      const known = notes.find((note) => note.code === code && note.message === message);
      const note = known ?? { code, message, count: 0, examples: [] };
      if (!known) notes.push(note);
      note.count++;
      if (note.examples.length < keptExamples) note.examples.push(example);
    },
  };
}

async function* bytesOf(name: string, file: string, hashes: Record<string, string>): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  const raw = createReadStream(file, { highWaterMark: 2 ** 18 });
  const hashed = async function* () {
    let first = true;
    for await (const piece of raw as AsyncIterable<Buffer>) {
      if (first) refuseForeign(piece, file);
      first = false;
      hash.update(piece);
      yield piece;
    }
    hashes[name] = hash.digest('hex');
  };
  try {
    if (!/\.t?gz$/.test(name)) yield* hashed();
    else {
      const { Readable } = await import('node:stream');
      yield* Readable.from(hashed()).compose(createGunzip()) as AsyncIterable<Buffer>;
    }
  } catch (cause) {
    if (cause instanceof MedpeftError) throw cause;
    throw unreadable(file, cause as NodeJS.ErrnoException);
  } finally {
    raw.destroy();
  }
}

function unreadable(file: string, cause: NodeJS.ErrnoException): MedpeftError {
  const known: Record<string, [string, string]> = {
    ENOENT: ['does not exist', 'check the path and the format of the data set'],
    EISDIR: [
      'cannot be read: it is a folder',
      'a file must stand there; check the path and the format of the data set',
    ],
    EACCES: ['cannot be read: permission denied', 'check the rights of the file'],
  };
  const [what, hint] = known[cause.code ?? ''] ?? [
    `cannot be read: ${cause.message}`,
    'get the file again from its source',
  ];
  return new MedpeftError('MP2001', `data file ${file} ${what}`, hint, file, { cause });
}

/** @throws MP2001 naming every name that was tried. */
export async function firstOf(source: Source, names: readonly string[]): Promise<string> {
  for (const name of names) if (await source.has(name)) return name;
  const [only, ...more] = names.map((name) => source.place(name));
  throw new MedpeftError(
    'MP2001',
    more.length ? `none of these data files exists: ${[only, ...more].join(', ')}` : `data file ${only} does not exist`,
    'check the path and the format of the data set; docs/data.md says which files each format has',
    only,
  );
}
