/** What a plan and the run folders tell of a spec, as far as hints and lenses show it. Plain data: it crosses a thread. */
import type { RoleCounts } from '../../runner/data/types';
import type { RunState } from '../../runner/runs/read';

export interface PlannedFacts {
  id: string;
  model: string;
  task: string;
  /** Key in `methods`; the cells of a grid share it. */
  method: string;
  trainable: number;
  percent: number;
  /** Optimiser steps, of all candidate rates together; 0 for the untuned base. */
  steps: number;
  /** Peak memory in bytes, where it is known before the run. */
  memoryBytes?: number;
}

/** What became of a run. */
export interface RunFacts {
  /** Absolute. */
  folder: string;
  method: string;
  /** Id of the planned run that it is of, or that has taken its place. */
  planned: string;
  state: RunState;
  /** Of another spec or other data than the text and the disk hold now. */
  stale: boolean;
  /** The first metric on the first test set. */
  score?: { metric: string; test: string; value: number };
  /** ISO 8601, UTC. */
  finished?: string;
  /** Optimiser steps, and the wall-clock seconds of training and evaluation; of a finished run. */
  took?: { steps: number; seconds: number };
}

export interface SpecFacts {
  planned: PlannedFacts[];
  /** Cells that the spec excludes or that cannot be run. */
  excluded: number;
  /** Task -> role -> split -> counts. */
  items: Record<string, RoleCounts>;
  runs: RunFacts[];
}

/** Seconds that a planned run will take, by the last finished one of its name: as many a step. Undefined where none has finished. */
export function secondsOf({ id, steps }: PlannedFacts, runs: readonly RunFacts[]): number | undefined {
  const took = runs.find((run) => run.planned === id && run.took)?.took;
  if (!took) return undefined;
  return took.steps > 0 && steps > 0 ? (took.seconds * steps) / took.steps : took.seconds;
}

/** What the planning thread is asked. */
export interface PlanJob {
  file: string;
  text: string;
  /** Of the workspace. */
  folders: readonly string[];
}
