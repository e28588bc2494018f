/** The trainings of a run: one for each candidate rate, from the lowest, each from the first step to the last; mostly one. */
import type { RateChoice } from '../../schemas/generated/result';
import type { Order } from '../data/order';
import { MedpeftError } from '../errors';
import type { Trainable } from '../models/types';
import type { PlannedRun } from '../plan/types';
import { type GroupRates, ratesOf } from './rates';
import { scheduleOf } from './schedule';
import type { TrainingState } from './state';
import type { Warning } from './watch';

export interface Trial {
  index: number;
  /** The rate that is tried; absent where there is nothing to choose. */
  candidate?: number;
  /** Steps of the run when it begins, and when it is done. */
  begin: number;
  end: number;
  /** By tensor, and the largest of them. */
  rates: ReadonlyMap<string, GroupRates>;
  peak: number;
  /** Factor of the schedule at the trial's step, counted from 0. */
  factorAt(step: number): number;
}

/** @throws MP1004 if a group has no rate, MP1005 if its schedule cannot be followed */
export function trialsOf(run: PlannedRun, { totalSteps }: Order, trainables: readonly Trainable[]): Trial[] {
  return (run.method.learningRateCandidates ?? [undefined]).map((candidate, index) => {
    const rates = ratesOf(run, trainables, candidate);
    const peak = Math.max(...[...rates.values()].map(({ rate }) => rate));
    return {
      index,
      ...(candidate === undefined ? {} : { candidate }),
      begin: index * totalSteps,
      end: (index + 1) * totalSteps,
      rates,
      peak,
      factorAt: scheduleOf(run.training, totalSteps, peak),
    };
  });
}

/**
 * Ends a trial whose numbers went bad, so that the other candidates can still be tried.
 * @returns what to say of it
 * @throws the error itself if it is of another kind, or if there is nothing to choose among
 */
export function giveUp(trial: Trial, state: TrainingState, error: unknown): Warning {
  const bad = error instanceof MedpeftError && (error.code === 'MP4005' || error.code === 'MP4011');
  if (!bad || trial.candidate === undefined) throw error;
  const { code, message } = error;
  state.trials[trial.index]!.failed = `${code}: ${message}`;
  state.step = trial.end;
  state.evaluatedStep = trial.end;
  return { code, message: `the candidate rate ${trial.candidate} is given up: ${message}` };
}

/** The choice among candidate rates; undefined where there was none. @throws MP4005 if none is left */
export function chooseRate({ trials }: TrainingState, metric: string): RateChoice | undefined {
  if (trials[0]!.candidate === undefined) return undefined;
  const leader = trials
    .filter(({ best, failed }) => best && failed === undefined)
    .reduce<(typeof trials)[number] | undefined>(
      (first, trial) => (first && first.best!.score >= trial.best!.score ? first : trial),
      undefined,
    );
  if (!leader)
    throw new MedpeftError(
      'MP4005',
      `no candidate rate is left: ${trials.map(({ candidate, failed }) => `${candidate}: ${failed}`).join('; ')}`,
      'try lower rates',
    );
  return {
    learning_rate: leader.candidate!,
    metric,
    candidates: trials.map(({ candidate, best, failed }) => ({
      learning_rate: candidate!,
      ...(best ? { score: best.score, step: best.step } : {}),
      ...(failed === undefined ? {} : { failed }),
    })),
  };
}

/** A rate at the end of a list of three or more may not be the best there is (MP4013). */
export function edgeWarnings({ learning_rate: rate, candidates }: RateChoice): Warning[] {
  const side = candidates.findIndex((candidate) => candidate.learning_rate === rate);
  if (candidates.length < 3 || (side > 0 && side < candidates.length - 1)) return [];
  return [
    {
      code: 'MP4013',
      message: `the chosen learning rate ${rate} is the ${side === 0 ? 'lowest' : 'highest'} of the list: a ${side === 0 ? 'lower' : 'higher'} one may be better`,
      hint: 'add rates beyond it to the list',
    },
  ];
}
