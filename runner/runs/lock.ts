/**
 * Exclusive ownership of a run folder without a lock server. Each process that wants the run announces itself by a file of its own (created
 * exclusively), then looks at the others': a living one means that the run is taken, a dead one's is removed. Since every process announces
 * before it looks, two can never both believe to be alone; if both withdraw, they try again at different times.
 */
import { closeSync, fsyncSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';
import { MedpeftError } from '../errors';
import { ageOf } from './heartbeat';
import { runFiles } from './layout';
import { isAlive, type ProcessIdentity, thisProcess } from './process';

export interface Owner extends ProcessIdentity {
  /** The process without which the owner ends itself. */
  parent?: ProcessIdentity;
  time: string;
}

/** A lock that cannot be read yet is being written by a living process; this is how long that may take. */
const writingMs = 5_000;

/** The other living owner of the folder, if there is one; dead ones' files are removed. */
function otherOwner(folder: string, own: string): Owner | 'unreadable' | undefined {
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(runFiles.lockPrefix) || name === own) continue;
    const file = path.join(folder, name);
    try {
      const age = Date.now() - statSync(file).mtimeMs;
      const text = readFileSync(file, 'utf8');
      if (!text.endsWith('\n')) {
        if (age < writingMs) return 'unreadable';
      } else {
        const owner = JSON.parse(text) as Owner;
        if (isAlive(owner, Math.min(age, ageOf(folder, owner) ?? age))) return owner;
      }
      rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return undefined;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Takes the run folder for this process, or says who has it (MP4002).
 * An owner whose parent has died is about to end: it is waited for, up to `patienceMs`.
 * @returns gives the folder back
 */
export async function lockRun(folder: string, parent?: ProcessIdentity, patienceMs = 20_000): Promise<() => void> {
  const me = thisProcess();
  const own = `${runFiles.lockPrefix}${me.pid}-${Math.random().toString(36).slice(2, 10)}`;
  const file = path.join(folder, own);
  const since = Date.now();
  for (let collisions = 0; ; ) {
    const fd = openSync(file, 'wx');
    try {
      writeSync(fd, `${JSON.stringify({ ...me, ...(parent ? { parent } : {}), time: new Date().toISOString() })}\n`);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    const other = otherOwner(folder, own);
    if (other === undefined) return () => rmSync(file, { force: true });
    rmSync(file, { force: true });
    const orphan = other !== 'unreadable' && other.parent !== undefined && !isAlive(other.parent, 0);
    if (Date.now() - since > patienceMs || (!orphan && ++collisions > 8))
      throw new MedpeftError(
        'MP4002',
        other === 'unreadable'
          ? 'another process is starting this run'
          : `process ${other.pid} on ${other.host} has this run since ${other.time}`,
        `wait until it is done, or stop it: medpeft cancel ${folder}`,
        folder,
      );
    await pause(20 + Math.random() * 80);
  }
}
