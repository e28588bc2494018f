/**
 * One run in a process of its own: its peak memory is honest, and its end harms no other. The parent sends the plan; events and the outcome
 * go back. It ends with its parent; SIGTERM and SIGINT stop it gracefully.
 */
import { MedpeftError } from './errors';
import type { PlannedRun } from './plan/types';
import type { RunEvent } from './runs';
import { thisProcess } from './runs/process';
import { executeRun } from './training/execute';

/** From the parent: the one message. */
export interface Assignment {
  run: PlannedRun;
}

/** To the parent. */
export type Report =
  | { type: 'event'; event: RunEvent }
  | { type: 'refused'; code: MedpeftError['code']; message: string; hint?: string; place?: string }
  | { type: 'ended'; outcome: 'finished' | 'cancelled' | 'failed' };

const report = (message: Report) => new Promise<void>((resolve) => process.send!(message, () => resolve()));

let stopping = false;
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.on(signal, () => {
    stopping = true;
  });
// nobody listens any more: what is on the disk is enough to go on from
process.on('disconnect', () => process.exit(1));

process.once('message', async ({ run }: Assignment) => {
  try {
    const outcome = await executeRun(run, {
      stop: () => stopping,
      onEvent: (event) => void report({ type: 'event', event }),
      parent: thisProcess(process.ppid),
    });
    await report({ type: 'ended', outcome });
  } catch (error) {
    if (!(error instanceof MedpeftError)) throw error;
    const { code, message, hint, place } = error;
    await report({ type: 'refused', code, message, hint, place });
  }
  process.exit(0);
});
