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
   * Seconds until all runs are done: what this one says of itself, and for the later ones their steps at the pace measured so far, loading and
   * evaluations included. Undefined where no later run trains.
   */
  secondsLeft(ofThisRun: number | undefined): number | undefined;
}

/** @param now milliseconds */
export function startEstimate(now: () => number): Estimate {
  let steps = 0;
  let seconds = 0;
  return {
    run(later, atOnce) {
      const laterSteps = later.reduce((sum, run) => sum + (run.steps ?? 0), 0);
      let losses: number[] = [];
      let last = now();
      let lastStep: number | undefined;
      return {
        step({ step, loss }) {
          losses = [...losses, loss].slice(-lossWindow);
          seconds += (now() - last) / 1000;
          last = now();
          // a resumed run begins at a later step, and steps that are not logged pass unseen
          steps += lastStep === undefined ? 1 : Math.max(1, step - lastStep);
          lastStep = step;
        },
        loss: () => losses.reduce((sum, loss) => sum + loss, 0) / losses.length,
        secondsLeft: (ofThisRun) =>
          ofThisRun === undefined || laterSteps === 0 ? undefined : ofThisRun + (laterSteps * seconds) / steps / atOnce,
      };
    },
  };
}
