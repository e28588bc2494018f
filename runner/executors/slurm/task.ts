/** What a task of the array does: performs one run, and knows why it was told to stop. */

import { existsSync } from 'node:fs';
import path from 'node:path';
import type { RunEvent } from '../../runs';
import { openRun, readRun, runFiles } from '../../runs';
import { writeSubmission } from '../../runs/submission';
import { plannedHere } from '../../training/moved';
import { type Outcome, superviseRun } from '../../training/supervise';
import { requeueJob, restartsOf } from './commands';

/** Who a task is, from its environment. */
export interface Task {
  /** `1234_7`, as `scancel` and the queue name it. */
  job: string;
  /** The number that the controller knows it by alone. */
  id: string;
  /** How often it was queued again before this start. */
  restarts: number;
  threads?: number;
}

/** Undefined outside of a job array. */
export function taskOf(environment: NodeJS.ProcessEnv): Task | undefined {
  const { SLURM_ARRAY_JOB_ID: array, SLURM_ARRAY_TASK_ID: index, SLURM_JOB_ID: id } = environment;
  if (!array || !index || !id) return undefined;
  const threads = Number(environment.SLURM_CPUS_PER_TASK);
  return {
    job: `${array}_${index}`,
    id,
    restarts: Number(environment.SLURM_RESTART_COUNT ?? 0),
    ...(threads > 0 ? { threads } : {}),
  };
}

/**
 * Performs the run of a folder. USR1 comes before the time limit: a checkpoint is written and the task queued again. TERM comes when it was cancelled, preempted or queued
 * again: a checkpoint is written, and the controller says which. A run that waits again says so in its folder.
 * @throws MP4001, MP4002 if the folder cannot be had
 */
export async function performTask(
  folder: string,
  task: Task,
  { worker, onEvent }: { worker: string; onEvent(event: RunEvent): void },
): Promise<Outcome | 'queued'> {
  const before = readRun(folder);
  if (before.state === 'finished') return 'finished';
  const planned = plannedHere(before);
  const run = { ...planned, runtime: { threads: task.threads, ...planned.runtime } };
  let limit = false;
  const supervised = superviseRun(run, worker, onEvent);
  const onLimit = () => {
    limit = true;
    supervised.stop();
  };
  const onTerm = () => supervised.stop();
  process.on('SIGUSR1', onLimit);
  process.on('SIGTERM', onTerm);
  try {
    const outcome = await supervised.outcome;
    if (outcome !== 'cancelled') return outcome;
    const asked = existsSync(path.join(folder, runFiles.cancel));
    if (limit && !asked) {
      if (readRun(folder).progress.step <= before.progress.step) return await tooShort(folder, onEvent);
      // Said first: Slurm may end this process as soon as it has queued the task.
      writeSubmission(folder, task.job);
      requeueJob(task.id);
    } else if (restartsOf(task.id) > task.restarts) writeSubmission(folder, task.job);
    else return 'cancelled';
    return 'queued';
  } finally {
    process.off('SIGUSR1', onLimit);
    process.off('SIGTERM', onTerm);
  }
}

/** A time limit within which no step is done would queue the run again for ever. */
async function tooShort(folder: string, onEvent: (event: RunEvent) => void): Promise<'failed'> {
  const writer = await openRun(folder, { works: false });
  onEvent(
    writer.append({
      type: 'run_failed',
      code: 'MP4203',
      message: 'not one step was done within the time limit',
      hint: 'raise runtime.slurm.time, or lower runtime.slurm.grace_seconds if a step takes less',
    }),
  );
  await writer.close();
  return 'failed';
}
