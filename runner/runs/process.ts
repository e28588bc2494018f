/** Who a process is, so that it can be told from a later one with the same number. */
import { readFileSync } from 'node:fs';
import os from 'node:os';

export interface ProcessIdentity {
  host: string;
  pid: number;
  /** Boot and start time of the process as the system counts it; absent where the system does not tell (outside Linux). */
  started?: string;
}

/** A heartbeat of another host is believed for this long; it is rewritten every two seconds, and network disks cache for up to a minute. */
export const heartbeatTimeoutMs = 90_000;

/** Start time of a process of this host; undefined where unknown, null where there is no such process (or only its remains). */
function startOf(pid: number): string | undefined | null {
  if (process.platform !== 'linux') return undefined;
  try {
    // proc(5): the second field is the name in parentheses, which may hold spaces; the third the state, the 22nd the start in ticks since boot
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return null;
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8);
    return `${boot}-${fields[19]}`;
  } catch {
    return null;
  }
}

export function thisProcess(pid = process.pid): ProcessIdentity {
  const started = startOf(pid);
  return { host: os.hostname(), pid, ...(started ? { started } : {}) };
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // another user's process cannot be signalled, but it is there
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Whether the process that wrote a sign of life is still there. Its number counts on its own host only, together with its start time;
 * elsewhere, and where start times are unknown, the age of the sign decides.
 * @param ageMs age of its newest sign of life on the reader's clock
 */
export function isAlive(who: ProcessIdentity, ageMs: number): boolean {
  // a disk whose clock runs ahead gives negative ages
  const fresh = Math.abs(ageMs) < heartbeatTimeoutMs;
  if (who.host !== os.hostname()) return fresh;
  const started = startOf(who.pid);
  if (started === null) return false;
  if (started !== undefined && who.started !== undefined) return started === who.started;
  return exists(who.pid) && fresh;
}
