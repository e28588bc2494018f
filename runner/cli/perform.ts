/** Performs runs one after another, each in a worker process; a first SIGINT or SIGTERM stops gracefully, a second at once. */
import path from 'node:path';
import { MedpeftError } from '../errors';
import type { PlannedRun } from '../plan/types';
import { type RunEvent, type RunState, readRun } from '../runs';
import { type Supervised, superviseRun } from '../training/supervise';
import { errorText } from './program';
import type { Progress } from './progress';

/** How long a run that was stopped at once has to be written down as cancelled before this process ends all the same. */
const lastMs = 3_000;

export interface Performed {
  id: string;
  folder: string;
  /** `queued`: it was not begun. */
  status: RunState;
}

/** @returns what became of each run, in order; a run that could not be had (MP4001, MP4002) is told and does not keep the others back */
export async function performRuns(
  runs: readonly PlannedRun[],
  { progress, onEvent = () => {} }: { progress: Progress; onEvent?: (run: PlannedRun, event: RunEvent) => void },
): Promise<Performed[]> {
  let current: Supervised | undefined;
  let stops = 0;
  const onSignal = () => {
    stops++;
    if (stops === 1) {
      progress.say('stopping after a checkpoint; once more to stop at once');
      current?.stop();
      return;
    }
    current?.kill();
    // What the worker's end asks for is written meanwhile; whatever hangs there does not keep the user.
    if (stops === 2) setTimeout(() => process.exit(1), current ? lastMs : 0).unref();
    else process.exit(1);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onSignal);
  try {
    const performed: Performed[] = [];
    for (const [i, run] of runs.entries()) {
      const folder = path.join(run.outputDir, run.id);
      let status: RunState = 'queued';
      if (stops === 0) {
        progress.run(run, i + 1, runs.length, runs.slice(i + 1));
        current = superviseRun(run, path.join(__dirname, 'worker.js'), (event) => {
          progress.event(event);
          onEvent(run, event);
        });
        try {
          status = await current.outcome;
        } catch (error) {
          if (!(error instanceof MedpeftError)) throw error;
          progress.say(`${run.id}: ${errorText(error)}`);
          status = stateOf(folder);
        } finally {
          current = undefined;
        }
      }
      performed.push({ id: run.id, folder, status });
    }
    return performed;
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, onSignal);
  }
}

function stateOf(folder: string): RunState {
  try {
    return readRun(folder).state;
  } catch (error) {
    if (error instanceof MedpeftError) return 'failed';
    throw error;
  }
}
