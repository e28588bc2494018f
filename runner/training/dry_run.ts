/**
 * A dry run: the real steps of a run on a few items, in a folder that is gone afterwards. One batch forward and backward, a checkpoint, an end; then a
 * new process that reads the checkpoint, takes one more step, and scores a few items of each split. What would end a run hours later ends this in seconds.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { MedpeftError } from '../errors';
import type { PlannedRun } from '../plan/types';
import type { RunEvent } from '../runs';
import { type Outcome, type Supervised, superviseRun } from './supervise';

/** Items of each split that are scored. */
const sampled = 8;

export interface DryRun {
  id: string;
  works: boolean;
  /** Why it does not. */
  failure?: Pick<MedpeftError, 'code' | 'message' | 'hint'>;
  /** Of the first step. */
  loss?: number;
  /** Of the scoring of test and transfer splits. */
  scored: string[];
  /** Whether a second process went on from what the first one saved; nothing is saved where nothing is trained. */
  reloaded: boolean;
  /** The most that the process had resident after a step, in bytes. */
  memoryBytes?: number;
}

/** The run with two steps, a checkpoint after each, and few items to score; written to another folder. */
export function dryPlan(run: PlannedRun, outputDir: string): PlannedRun {
  const training = { ...run.training, max_steps: 2, eval_steps: 1, save_steps: 1, warmup_steps: 0, warmup_ratio: 0 };
  return { ...run, outputDir, training, sample: sampled };
}

/** Of runs that differ by their seed alone one tells of all. */
export function withoutSeeds(runs: readonly PlannedRun[]): PlannedRun[] {
  const key = ({ modelName, taskName, methodName, sweep }: PlannedRun) =>
    JSON.stringify([modelName, taskName, methodName, sweep]);
  return [...new Map([...runs].reverse().map((run) => [key(run), run])).values()].reverse();
}

/**
 * @param workerFile dist/worker.js
 * @param onStart is handed what can be ended
 * @throws MP4001 where there is no room for its folder
 */
export async function dryRun(
  run: PlannedRun,
  workerFile: string,
  onStart: (supervised: Supervised) => void = () => {},
): Promise<DryRun> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'medpeft-dry-'));
  const told: DryRun = { id: run.id, works: false, scored: [], reloaded: false };
  const work = (stopAtCheckpoint: boolean): Promise<Outcome> => {
    const supervised = superviseRun(dryPlan(run, folder), workerFile, (event) => {
      take(told, event);
      if (stopAtCheckpoint && event.type === 'checkpoint') supervised.stop();
    });
    onStart(supervised);
    return supervised.outcome;
  };
  try {
    const first = await work(true);
    const outcome = first === 'cancelled' ? await work(false) : first;
    return { ...told, works: outcome === 'finished' };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function take(told: DryRun, event: RunEvent): void {
  if (event.type === 'step') {
    told.loss ??= event.loss;
    told.memoryBytes = Math.max(told.memoryBytes ?? 0, event.memory_bytes ?? 0);
  } else if (event.type === 'run_resumed') told.reloaded = true;
  else if (event.type === 'evaluation' && event.role !== 'validation') told.scored.push(event.split);
  else if (event.type === 'run_failed') {
    const { code, message, hint } = event;
    told.failure = { code: code as MedpeftError['code'], message, hint };
  }
}
