/**
 * The specs that open ones extend, as they were when they were last read. Nobody waits for a disk here: a base in a folder that hangs keeps
 * nobody from typing.
 */
import { readFile, stat } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { type Base, baseOf, type ReadBase, unreadableBase } from '../runner/spec/extends';

export interface Bases {
  /** Undefined until a base has been read once. */
  read: ReadBase;
  /** Settled when bases that are being read for the first time are there, or after some patience. */
  settled(): Promise<void>;
  /** Files have changed: bases among them are read anew. */
  changed(files: readonly string[]): void;
  /** @param listener is given the absolute path of a base that was read for the first time, or that has changed */
  onRead(listener: (file: string) => void): void;
}

interface Entry {
  base?: Base;
  /** Size and time of the file when it was read. */
  stamp?: string;
  /** When it was last compared with the disk, in milliseconds of `performance.now`. */
  looked: number;
  looking?: Promise<void>;
}

/** Milliseconds that a request waits for bases that nobody has read. */
const patience = 300;
/** Milliseconds for which a base is not compared with the disk again, unless an editor tells of a change. */
const fresh = 2000;

export function createBases(): Bases {
  const known = new Map<string, Entry>();
  const listeners: ((file: string) => void)[] = [];

  const look = async (file: string, entry: Entry): Promise<void> => {
    const { base, stamp } = await readUnless(entry.stamp, file);
    entry.looked = performance.now();
    entry.looking = undefined;
    if (!base || known.get(file) !== entry) return;
    Object.assign(entry, { base, stamp });
    for (const listener of listeners) listener(file);
  };

  return {
    read(file) {
      const entry = known.get(file) ?? { looked: Number.NEGATIVE_INFINITY };
      known.set(file, entry);
      if (performance.now() - entry.looked >= fresh) entry.looking ??= look(file, entry);
      return entry.base;
    },
    async settled() {
      const begun = performance.now();
      const first = () => [...known.values()].flatMap(({ base, looking }) => (base || !looking ? [] : [looking]));
      // a base may extend another one, which is asked for when it has been read
      for (let waits = first(); waits.length > 0; waits = first()) {
        const left = patience - (performance.now() - begun);
        if (left <= 0) return;
        await Promise.race([Promise.all(waits), wait(left, undefined, { ref: false })]);
      }
    },
    changed(files) {
      for (const file of files) known.delete(file);
    },
    onRead: (listener) => {
      listeners.push(listener);
    },
  };
}

/** @returns no base where the file is what it was when it had this stamp */
async function readUnless(stamp: string | undefined, file: string): Promise<{ base?: Base; stamp: string }> {
  try {
    const { size, mtimeMs } = await stat(file);
    const now = `${size} ${mtimeMs}`;
    return now === stamp ? { stamp } : { base: baseOf(file, await readFile(file, 'utf8')), stamp: now };
  } catch (error) {
    const now = String(error);
    return now === stamp ? { stamp } : { base: unreadableBase(file, error), stamp: now };
  }
}
