/** `medpeft cancel RUN`: asks a run to write a checkpoint and stop; with --force it is ended at once. One that waits in a scheduler's queue is taken out. */
import { writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { MedpeftError } from '../errors';
import { cancelWaiting } from '../executors/slurm/close';
import { cancelJob } from '../executors/slurm/commands';
import { isRunAlive, openRun, readRun, runFiles } from '../runs';
import { readHeartbeat } from '../runs/heartbeat';
import { readSubmission } from '../runs/submission';
import { shellWord } from '../text';
import type { Command } from './command';

/** How long a graceful stop is waited for: it comes after the step or the batch that is being computed. */
const patienceMs = 60_000;
const lookMs = 100;

/** How long the process that started a run has to write down that it was ended by force. */
const writingMs = 3_000;

async function until(met: () => boolean, withinMs: number): Promise<boolean> {
  for (let waited = 0; !met(); waited += lookMs) {
    if (waited >= withinMs) return false;
    await new Promise((resolve) => setTimeout(resolve, lookMs));
  }
  return true;
}

/** Sends a signal to the run's process, where that is of this host. */
function signalRun(folder: string, signal: NodeJS.Signals): boolean {
  const who = readHeartbeat(folder)?.who;
  if (who?.host !== os.hostname()) return false;
  try {
    return process.kill(who.pid, signal);
  } catch (error) {
    // it has just ended by itself
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return true;
    throw error;
  }
}

/** @throws MP4007 if the run does not go on, MP4008 if it does not stop */
async function stopRun(folder: string, id: string, force: boolean): Promise<void> {
  if (!isRunAlive(folder))
    throw new MedpeftError('MP4007', `${id} is not going on: it is ${readRun(folder).state}`, undefined, folder);
  // the request works from any machine that sees the folder, the signal where there is no time to look
  writeFileSync(path.join(folder, runFiles.cancel), '');
  if (force && !signalRun(folder, 'SIGKILL'))
    throw new MedpeftError('MP4007', `${id} goes on on another machine`, 'run this command there', folder);
  if (!force && process.platform !== 'win32') signalRun(folder, 'SIGTERM');
  if (!(await until(() => !isRunAlive(folder), patienceMs)))
    throw new MedpeftError(
      'MP4008',
      `${id} has not stopped yet`,
      'wait for the end of its step, or use --force',
      folder,
    );
  if (force && !(await until(() => readRun(folder).lastEvent?.type === 'run_cancelled', writingMs))) {
    const writer = await openRun(folder, { works: false });
    writer.append({ type: 'run_cancelled', step: readRun(folder).progress.step });
    await writer.close();
  }
}

export const cancel: Command = {
  name: 'cancel',
  summary: 'stop a run after it has written a checkpoint',
  arguments: [{ name: 'RUN' }],
  options: [{ name: 'force', summary: 'end it at once; it can be resumed from its last checkpoint' }],
  async run(args, output) {
    const { folder, id } = readRun(args.positional[0]!);
    const waits = isRunAlive(folder) ? undefined : readSubmission(folder);
    if (waits) {
      cancelJob(waits.job);
      await cancelWaiting(folder);
    } else await stopRun(folder, id, args.options.has('force'));
    const { state } = readRun(folder);
    if (args.options.has('json')) output.result(`${JSON.stringify({ runs: [{ id, folder, status: state }] })}\n`);
    else output.result(`${id} is ${state}; medpeft resume ${shellWord(folder)} goes on with it\n`);
    return state === 'cancelled' ? 0 : 1;
  },
};
