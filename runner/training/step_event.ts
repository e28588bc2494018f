/** What is told of a step. */
import type { Order } from '../data/order';
import type { Trainable } from '../models/types';
import type { NewEvent } from '../runs';
import type { Pace } from './pace';
import type { TrainingState } from './state';
import type { StepResult } from './step';
import type { Trial } from './trials';

/** @param factor of the schedule at this step */
export function stepEvent(
  trainables: readonly Trainable[],
  { state, trial, order, factor }: { state: TrainingState; trial: Trial; order: Order; factor: number },
  done: StepResult,
  pace: Pick<Pace, 'itemsPerSecond'>,
  times: { seconds: number; seconds_left?: number },
): NewEvent {
  const byGroup = new Map(trainables.map(({ name, group }) => [group, trial.rates.get(name)!.rate * factor]));
  return {
    type: 'step',
    step: state.step,
    epoch: order.epochs(state.step - trial.begin),
    loss: done.loss,
    learning_rate: trial.peak * factor,
    ...(new Set(byGroup.values()).size > 1 ? { learning_rates: Object.fromEntries(byGroup) } : {}),
    ...(trial.candidate === undefined ? {} : { candidate: trial.candidate }),
    gradient_norm: done.gradientNorm,
    update_norms: { ...done.updateNorms },
    target_tokens: done.targetTokens,
    items: done.items,
    items_per_second: pace.itemsPerSecond(),
    ...times,
    memory_bytes: process.memoryUsage.rss(),
  };
}
