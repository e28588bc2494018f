/** At which steps a run is scored on validation and writes a checkpoint. */

import type { Order } from '../data/order';
import type { ResolvedTraining } from '../plan/types';

export interface Calendar {
  /** After so many steps: score validation? Every `eval_steps`, else at the end of each epoch; always at the end. */
  evaluationDue(step: number): boolean;
  /** After so many steps: write a checkpoint? Every `save_steps`, else where an evaluation is or would be due; always at the end. */
  saveDue(step: number): boolean;
  /** Validation rounds after `step`. */
  evaluationsAfter(step: number): number;
}

export function calendarOf(
  order: Pick<Order, 'totalSteps' | 'endsEpoch'>,
  training: Pick<ResolvedTraining, 'eval_steps' | 'save_steps'>,
  hasValidation: boolean,
): Calendar {
  const { totalSteps, endsEpoch } = order;
  const every = (steps: number | undefined, step: number) =>
    step === totalSteps || (steps === undefined ? endsEpoch(step) : step % steps === 0);
  const evaluationDue = (step: number) => hasValidation && every(training.eval_steps, step);
  return {
    evaluationDue,
    saveDue: (step) => every(training.save_steps ?? training.eval_steps, step),
    evaluationsAfter(step) {
      let count = 0;
      for (let s = step + 1; s <= totalSteps; s++) if (evaluationDue(s)) count++;
      return count;
    },
  };
}
