/** After an array: runs that still wait were cancelled in the queue, where nobody could write that down. */
import { readFileSync } from 'node:fs';
import { openRun, readRun } from '../../runs';
import { readSubmission } from '../../runs/submission';

/**
 * @param runsFile names a run folder a line
 * @param array number of the array; runs that were submitted anew since belong to another one
 * @returns folders of the runs that were cancelled
 */
export async function closeSubmission(runsFile: string, array: string): Promise<string[]> {
  const folders = readFileSync(runsFile, 'utf8').split('\n').filter(Boolean);
  const cancelled: string[] = [];
  for (const folder of folders)
    if (readSubmission(folder)?.job.startsWith(`${array}_`) && (await cancelWaiting(folder))) cancelled.push(folder);
  return cancelled;
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
