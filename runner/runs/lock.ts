/**
 * Exclusive ownership of a run folder without a lock server. Each process that wants the run announces itself by a file of its own (created
 * exclusively), then looks at the others': a living one means that the run is taken, a dead one's is removed. Since every process announces
 * before it looks, two can never both believe to be alone. Of several that announce at once the one whose name comes first stays and the others
 * withdraw, so that one gets the run.
 */
import { closeSync, fsyncSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';
import { MedpeftError } from '../errors';
import { shellWord } from '../text';
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

/** How often the others are looked at before the run counts as taken: half a second in all, for those that only try as well. */
const mostLooks = 10;

interface Other {
  name: string;
  /** Undefined while it is being written. */
  owner?: Owner;
}

/** The first other living process that announced itself; dead ones' files are removed. */
function otherOwner(folder: string, own: string): Other | undefined {
  for (const name of readdirSync(folder).sort()) {
    if (!name.startsWith(runFiles.lockPrefix) || name === own) continue;
    const file = path.join(folder, name);
    try {
      const age = Date.now() - statSync(file).mtimeMs;
      const text = readFileSync(file, 'utf8');
      if (!text.endsWith('\n')) {
        if (age < writingMs) return { name };
      } else {
        const owner = JSON.parse(text) as Owner;
        if (isAlive(owner, Math.min(age, ageOf(folder, owner) ?? age))) return { name, owner };
      }
      rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return undefined;
}

function announce(file: string, owner: Owner): void {
  const fd = openSync(file, 'wx');
  try {
    writeSync(fd, `${JSON.stringify(owner)}\n`);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
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
  let announced = false;
  for (let looks = 1; ; looks++) {
    if (!announced) announce(file, { ...me, ...(parent ? { parent } : {}), time: new Date().toISOString() });
    announced = true;
    const other = otherOwner(folder, own);
    if (other === undefined) return () => rmSync(file, { force: true });
    const { name, owner } = other;
    const orphan = owner?.parent !== undefined && !isAlive(owner.parent, 0);
    const refused = Date.now() - since > patienceMs || (!orphan && looks > mostLooks);
    if (refused || name < own) {
      rmSync(file, { force: true });
      announced = false;
    }
    if (refused)
      throw new MedpeftError(
        'MP4002',
        owner
          ? `process ${owner.pid} on ${owner.host} has this run since ${owner.time}`
          : 'another process is starting this run',
        `wait until it is done, or stop it: medpeft cancel ${shellWord(folder)}`,
        folder,
      );
    await pause(20 + Math.random() * 60);
  }
}
