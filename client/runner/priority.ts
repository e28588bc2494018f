/** Runs take every core they are given: those that the editor starts give way to it, and take what it leaves, which is nearly all. */
import { writeFileSync } from 'node:fs';
import os from 'node:os';

/** Each step of niceness is a factor of 1.25: the editor weighs three times as much. Windows knows classes, of which this is the next lower one. */
export const niceness = process.platform === 'win32' ? os.constants.priority.PRIORITY_BELOW_NORMAL : 5;

/** Lowers the priority of a process that was just started, with a session of its own; what it starts inherits that. */
export function giveWay(pid: number): void {
  os.setPriority(pid, niceness);
  if (process.platform === 'linux') giveWayAsSession(pid, 5);
}

/** Between sessions only their own niceness counts, where Linux groups processes by session: sched(7), "The autogroup feature". */
function giveWayAsSession(pid: number, tries: number): void {
  try {
    writeFileSync(`/proc/${pid}/autogroup`, String(niceness));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // one change a tenth of a second is taken; a kernel without the feature has no such file
    if (code === 'EAGAIN' && tries > 1) setTimeout(() => giveWayAsSession(pid, tries - 1), 150).unref();
  }
}
