/**
 * States of images on disk: what a frozen vision encoder has made of an image once, no later epoch and no later run makes again. A file is found by what was made of what
 * (pixels after preprocessing, the encoder's programs and weights, the engine), so that nothing stale is ever found; it is written beside its place and renamed, and
 * ends in a checksum.
 */
import { createHash } from 'node:crypto';
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export interface FeatureFiles {
  /** The states that were kept for these pixels, [length] float32. A damaged file is removed and not used. */
  read(pixels: Float32Array, length: number): Float32Array | undefined;
  /** Keeps them; the files that were not read for the longest time go where the limit is reached. */
  write(pixels: Float32Array, states: Float32Array): void;
}

/** Where things are kept that can be made again: MEDPEFT_CACHE, or the system's place for them. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  if (environment.MEDPEFT_CACHE) return environment.MEDPEFT_CACHE;
  if (environment.XDG_CACHE_HOME) return path.join(environment.XDG_CACHE_HOME, 'medpeft');
  return path.join(os.homedir(), process.platform === 'darwin' ? 'Library/Caches' : '.cache', 'medpeft');
}

/** Bytes of all files together. */
const limit = 8 * 2 ** 30;
const digestLength = 32;

/**
 * @param folder of all encoders' files; made when the first is written
 * @param encoder says what makes the states: equal texts, equal states of equal pixels
 */
export function featureFiles(folder: string, encoder: string, bytes = limit): FeatureFiles {
  let writable = true;
  let used: number | undefined;
  const fileOf = (pixels: Float32Array) =>
    path.join(folder, `${digest(Buffer.from(encoder), bytesOf(pixels)).toString('hex')}.f32`);
  return {
    read(pixels, length) {
      const file = fileOf(pixels);
      const content = readIfThere(file);
      if (!content) return undefined;
      const states = content.subarray(0, -digestLength);
      if (states.length !== 4 * length || !digest(states).equals(content.subarray(-digestLength))) {
        rmSync(file, { force: true });
        return undefined;
      }
      touch(file);
      return new Float32Array(new Uint8Array(states).buffer);
    },
    write(pixels, states) {
      const size = states.byteLength + digestLength;
      if (!writable || size > bytes) return;
      try {
        mkdirSync(folder, { recursive: true });
        used = makeRoom(folder, used, size, bytes);
        writeWhole(fileOf(pixels), [bytesOf(states), digest(bytesOf(states))]);
      } catch (error) {
        // Only time is lost: the run goes on, and its log says why the next one is not quicker.
        writable = false;
        process.emitWarning(`image states are not kept in ${folder}: ${(error as Error).message}`);
      }
    },
  };
}

function digest(...parts: Uint8Array[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The time of last use; another process may have removed the file meanwhile, and a disk may be read-only. */
function touch(file: string): void {
  const now = new Date();
  try {
    utimesSync(file, now, now);
  } catch (error) {
    if (!['ENOENT', 'EROFS', 'EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

/** Removes the files that were used longest ago until `size` more bytes fit. @returns bytes used, those included */
function makeRoom(folder: string, used: number | undefined, size: number, bytes: number): number {
  if (used !== undefined && used + size <= bytes) return used + size;
  const files = readdirSync(folder)
    .map((name) => path.join(folder, name))
    .flatMap((file) => {
      const { size, mtimeMs } = statSync(file, { throwIfNoEntry: false }) ?? {};
      return size === undefined ? [] : [{ file, size, used: mtimeMs! }];
    })
    .sort((a, b) => a.used - b.used);
  let total = files.reduce((sum, file) => sum + file.size, 0);
  for (const { file, size: own } of files) {
    if (total + size <= bytes) break;
    rmSync(file, { force: true });
    total -= own;
  }
  return total + size;
}

/** Beside its place, then renamed: no reader meets half a file. */
function writeWhole(file: string, parts: Uint8Array[]): void {
  const temporary = `${file}.${process.pid}.tmp`;
  const descriptor = openSync(temporary, 'w');
  try {
    for (const part of parts) for (let done = 0; done < part.length; ) done += writeSync(descriptor, part, done);
  } finally {
    closeSync(descriptor);
  }
  renameSync(temporary, file);
}
