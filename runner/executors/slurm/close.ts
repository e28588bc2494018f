/** After an array: runs that still wait were cancelled in the queue, where nobody could write that down. */
import { readFileSync } from 'node:fs';
import { openRun, readRun } from '../../runs';
import { readSubmission } from '../../runs/submission';
import { jobsInQueue } from './commands';

/** What closing an array came to. */
export interface Closed {
  /** Folders of the runs that were cancelled in the queue. */
  cancelled: string[];
  /** Runs that wait in the queue still: a task that has itself queued again may pass for an end of the array. */
  waiting: number;
}

/**
 * @param runsFile names a run folder a line
 * @param array number of the array; runs that were submitted anew since belong to another one
 * @throws MP4201, MP4202 if the queue cannot be read
 */
export async function closeSubmission(runsFile: string, array: string): Promise<Closed> {
  const queue = jobsInQueue();
  const closed: Closed = { cancelled: [], waiting: 0 };
  for (const folder of readFileSync(runsFile, 'utf8').split('\n').filter(Boolean)) {
    const job = readSubmission(folder)?.job;
    if (!job?.startsWith(`${array}_`)) continue;
    if (queue.has(job)) closed.waiting += 1;
    else if (await cancelWaiting(folder)) closed.cancelled.push(folder);
  }
  return closed;
}

/** Writes down that a waiting run will not begin. @returns whether it waited */
export async function cancelWaiting(folder: string): Promise<boolean> {
  const { state, progress } = readRun(folder);
  if (state !== 'queued' || !readSubmission(folder)) return false;
  const writer = await openRun(folder, { works: false });
  writer.append({ type: 'run_cancelled', step: progress.step });
  await writer.close();
  return true;
}
