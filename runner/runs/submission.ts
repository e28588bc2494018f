/** A run that waits in a scheduler's queue says so by a file in its folder: nobody who looks at the folder need ask the scheduler. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { writeAtomic } from './atomic';
import { readEvents } from './events';
import { runFiles } from './layout';

export interface Submission {
  scheduler: 'slurm';
  /** As the scheduler names it: `1234_7` is task 7 of array 1234. */
  job: string;
  /** Number of the first event that comes after it was queued: once it is there, the run has left the queue. */
  from_seq: number;
  time: string;
}

/** Says that the run waits. Its folder must be there. */
export function writeSubmission(folder: string, job: string): void {
  const submission: Submission = {
    scheduler: 'slurm',
    job,
    from_seq: (readEvents(folder).events.at(-1)?.seq ?? -1) + 1,
    time: new Date().toISOString(),
  };
  writeAtomic(path.join(folder, runFiles.submission), `${JSON.stringify(submission)}\n`);
}

/** Undefined where the run was not submitted, or a process has taken it since. */
export function readSubmission(folder: string): Submission | undefined {
  try {
    const found = JSON.parse(readFileSync(path.join(folder, runFiles.submission), 'utf8')) as Submission;
    return typeof found.job === 'string' && typeof found.from_seq === 'number' ? found : undefined;
  } catch {
    return undefined;
  }
}
