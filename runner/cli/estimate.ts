/** What the progress line says of loss and time, from the steps seen so far. */

import type { StepEvent } from '../../schemas/generated/events';
import type { PlannedRun } from '../plan/types';

/** How many steps the loss is averaged over: that of one batch jumps too much to be read. */
const lossWindow = 20;

export interface Estimate {
  /** A run begins. @param later runs that come after it @param atOnce how many go on at once */
  run(later: readonly PlannedRun[], atOnce: number): RunEstimate;
}

export interface RunEstimate {
  step(event: StepEvent): void;
  /** Mean of the last steps of this run. */
  loss(): number;
  /**
   * Seconds until all runs are done: what this one says of itself, and for the later ones their steps at the pace measured so far, evaluations
   * included, and for each what came before the first step. Undefined where no later run trains, and before a second step: the first pays for
   * opening model and data.
   */
  secondsLeft(ofThisRun: number | undefined): number | undefined;
}

/** @param now milliseconds */
export function startEstimate(now: () => number): Estimate {
  let starts = 0;
  let secondsOfStarts = 0;
  let steps = 0;
  let seconds = 0;
  return {
    run(later, atOnce) {
      const training = later.filter((run) => (run.steps ?? 0) > 0);
      const laterSteps = training.reduce((sum, run) => sum + (run.steps ?? 0), 0);
      let losses: number[] = [];
      let last = now();
      let lastStep: number | undefined;
      return {
        step({ step, loss }) {
          losses = [...losses, loss].slice(-lossWindow);
          const passed = (now() - last) / 1000;
          last = now();
          // a resumed run begins at a later step, and steps that are not logged pass unseen
          if (lastStep === undefined) {
            starts++;
            secondsOfStarts += passed;
          } else {
            steps += Math.max(1, step - lastStep);
            seconds += passed;
          }
          lastStep = step;
        },
        loss: () => losses.reduce((sum, loss) => sum + loss, 0) / losses.length,
        secondsLeft(ofThisRun) {
          if (ofThisRun === undefined || laterSteps === 0 || steps === 0) return undefined;
          const ofLater = (laterSteps * seconds) / steps + (training.length * secondsOfStarts) / starts;
          return ofThisRun + ofLater / atOnce;
        },
      };
    },
  };
}
