/** Where a run stands. With the tensors, and the order of items being a function of seed and step, this is all that its rest depends on. */
import type { MetricValues } from '../../schemas/generated/result';
import type { PlannedRun } from '../plan/types';
import { type LossTrend, newTrend } from './divergence';

/** What the last bits of a result depend on beside the run itself. */
export interface Environment {
  backend: string;
  device: string;
  backend_version: string;
  threads: number;
  host: string;
  node: string;
}

/** What one training from the first step to the last has come to; a run has one for each candidate rate, mostly one. */
export interface TrialState {
  /** The rate that is tried; absent where there is nothing to choose. */
  candidate?: number;
  best?: { step: number; score: number; metrics: MetricValues };
  /** Why it cannot be chosen. */
  failed?: string;
  /** Names of tuned tensors that ever had a gradient other than zero, and of those that a step has changed. */
  withGradient: Set<string>;
  moved: Set<string>;
  losses: LossTrend;
}

export interface TrainingState {
  /** Optimiser steps done, counted through all trials. */
  step: number;
  /** Step of the last evaluation that was finished. */
  evaluatedStep: number;
  /** The trial at work, from 0. */
  trial: number;
  trials: TrialState[];
  /** Wall-clock seconds so far, and those of them spent in optimiser steps. */
  seconds: number;
  trainingSeconds: number;
  /** Training items seen. */
  items: number;
  /** Where it was computed: the rest is bit-exact only in the same place. */
  environment: Environment;
}

export function freshState({ method }: Pick<PlannedRun, 'method'>, environment: Environment): TrainingState {
  const candidates = method.learningRateCandidates ?? [undefined];
  return {
    step: 0,
    evaluatedStep: 0,
    trial: 0,
    trials: candidates.map((candidate) => ({
      ...(candidate === undefined ? {} : { candidate }),
      withGradient: new Set(),
      moved: new Set(),
      losses: newTrend(),
    })),
    seconds: 0,
    trainingSeconds: 0,
    items: 0,
    environment,
  };
}

/** The best so far. Of equally good ones the earliest: the earlier checkpoint, and the lower rate. */
export function bestOf({ trials }: Pick<TrainingState, 'trials'>): Required<TrialState>['best'] | undefined {
  return trials
    .flatMap(({ best, failed }) => (best && failed === undefined ? [best] : []))
    .reduce<TrialState['best']>((leader, best) => (leader && leader.score >= best.score ? leader : best), undefined);
}

/** Increased when a state of before can no longer be gone on with. */
const format = 2;

export function stateText(state: TrainingState): string {
  return JSON.stringify({ format, ...state }, (_, value: unknown) =>
    value instanceof Set ? [...value].sort() : value,
  );
}

/** @returns undefined if another version of the program wrote it */
export function parseState(text: string): TrainingState | undefined {
  const state = JSON.parse(text) as TrainingState & { format?: number };
  if (state.format !== format) return undefined;
  const { format: _, ...rest } = state;
  return {
    ...rest,
    trials: state.trials.map((trial) => ({
      ...trial,
      withGradient: new Set(trial.withGradient),
      moved: new Set(trial.moved),
    })),
  };
}
