/** Performs runs on this machine, each in a worker process, several at once where asked; a first SIGINT or SIGTERM stops gracefully, a second at once. */
import os from 'node:os';
import path from 'node:path';
import { MedpeftError } from '../errors';
import { atOnce, memoryShare, shared, takeNext } from '../executors/share';
import { machineMemory } from '../plan/memory_budget';
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

export interface PerformOptions {
  progress: Progress;
  onEvent?: (run: PlannedRun, event: RunEvent) => void;
  /** How many may go on at once; `auto` for one a core. */
  parallel?: number | 'auto';
}

/** @returns what became of each run, in order; a run that could not be had (MP4001, MP4002) is told and does not keep the others back */
export async function performRuns(
  runs: readonly PlannedRun[],
  { progress, onEvent = () => {}, parallel = 1 }: PerformOptions,
): Promise<Performed[]> {
  const going = new Map<PlannedRun, Supervised>();
  let stops = 0;
  const onSignal = () => {
    stops++;
    const all = [...going.values()];
    if (stops === 1) {
      progress.say('stopping after a checkpoint; once more to stop at once');
      for (const run of all) run.stop();
      return;
    }
    for (const run of all) run.kill();
    // What the workers' end asks for is written meanwhile; whatever hangs there does not keep the user.
    if (stops === 2) setTimeout(() => process.exit(1), all.length > 0 ? lastMs : 0).unref();
    else process.exit(1);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onSignal);
  try {
    const machine = { cores: os.availableParallelism(), memory: memoryShare * machineMemory().total };
    const most = atOnce(parallel, runs, machine);
    const waiting = [...runs];
    const states = new Map<PlannedRun, RunState>();
    let begun = 0;
    const perform = async (run: PlannedRun): Promise<void> => {
      const told = progress.run(run, ++begun, runs.length, { later: [...waiting], atOnce: most });
      const supervised = superviseRun(shared(run, most, machine), path.join(__dirname, 'worker.js'), (event) => {
        told.event(event);
        onEvent(run, event);
      });
      going.set(run, supervised);
      try {
        states.set(run, await supervised.outcome);
      } catch (error) {
        if (!(error instanceof MedpeftError)) throw error;
        progress.say(`${run.id}: ${errorText(error)}`);
        states.set(run, stateOf(path.join(run.outputDir, run.id)));
      } finally {
        going.delete(run);
        told.end();
      }
      await startThoseThatFit();
    };
    const startThoseThatFit = async (): Promise<void> => {
      const started: Promise<void>[] = [];
      while (stops === 0) {
        const run = takeNext(waiting, [...going.keys()], most, machine);
        if (!run) break;
        started.push(perform(run));
      }
      await Promise.all(started);
    };
    await startThoseThatFit();
    return runs.map((run) => ({
      id: run.id,
      folder: path.join(run.outputDir, run.id),
      status: states.get(run) ?? 'queued',
    }));
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
