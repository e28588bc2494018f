/** Runs as worker processes that may be killed, and what must come of them all the same. */
import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { PlannedRun } from '../../../runner/plan/types';
import { effectiveEvents, type RunEvent, readEvents } from '../../../runner/runs';
import type { Report } from '../../../runner/worker';

export interface Ended {
  signal: NodeJS.Signals | null;
  /** What it said last. */
  report?: Exclude<Report, { type: 'event' }>;
}

/** Starts a worker; `onEvent` may do something to it. */
export function startWorker(
  workerFile: string,
  run: PlannedRun,
  onEvent: (event: RunEvent, worker: ChildProcess) => void = () => {},
): { worker: ChildProcess; ended: Promise<Ended> } {
  const worker = fork(workerFile);
  const ended = new Promise<Ended>((resolve, reject) => {
    let report: Ended['report'];
    worker.on('message', (message: Report) => {
      if (message.type === 'event') onEvent(message.event, worker);
      else report = message;
    });
    worker.on('error', reject);
    worker.on('close', (_code, signal) => resolve({ signal, report }));
    // once disconnected, a child does not always close
    worker.on('disconnect', () => worker.on('exit', (_code, signal) => resolve({ signal, report })));
    worker.send({ run });
  });
  return { worker, ended };
}

export const folderOf = (run: PlannedRun) => path.join(run.outputDir, run.id);

/** The tuned tensors that a run ended with. */
export const trainedBytes = (run: PlannedRun) => readFileSync(path.join(folderOf(run), 'adapter/delta.safetensors'));

/** Steps and scores as readers see them, without times. */
export const curveOf = (run: PlannedRun) =>
  effectiveEvents(readEvents(folderOf(run)).events).flatMap<unknown[]>((event) =>
    event.type === 'step'
      ? [[event.step, event.loss, event.gradient_norm]]
      : event.type === 'evaluation'
        ? [[event.role, event.step, event.metrics, event.loss]]
        : event.type === 'learning_rate_chosen'
          ? [event.choice]
          : [],
  );
