/** What is watched while a model trains, so that no run is silently not what it says: movement, resolution, divergence. */
import { MedpeftError } from '../errors';
import type { Model } from '../models/types';
import type { ResolvedTraining } from '../plan/types';
import { follow } from './divergence';
import { type Fingerprint, fingerprint, someNames } from './fingerprint';
import { refuseWrongMovement, withoutGradient } from './movement';
import type { GroupRates } from './rates';
import { roundingWarnings } from './resolution';
import type { TrialState } from './state';

export interface Warning {
  code: string;
  message: string;
  hint?: string;
}

/** After so many steps of a trial the movement is looked at for the first time; a warm-up has begun by then. */
const early = 5;

export interface Watch {
  /** Before the first step. */
  begin(rates: ReadonlyMap<string, GroupRates>): Warning[];
  /** After the trial's step `done`, counted from 1. @throws MP4006; MP4011 if the run is to stop when it diverges */
  step(done: number, loss: number): Warning[];
  /** After the last step. @throws MP4006 */
  end(): Warning[];
}

export function watchTrial(
  model: Model,
  trial: TrialState,
  untouched: Fingerprint,
  { on_divergence: onDivergence }: Pick<ResolvedTraining, 'on_divergence'>,
): Watch {
  let told: string | undefined;
  const movement = (): Warning[] => {
    refuseWrongMovement(untouched, fingerprint(model), trial);
    const message = withoutGradient(model.trainables, trial);
    const known = message === undefined || message === told;
    told = message;
    return known
      ? []
      : [{ code: 'MP4006', message, hint: 'they have no part in the loss; leave them out of the method' }];
  };
  const divergence = (loss: number): Warning[] => {
    if (!follow(trial.losses, loss)) return [];
    const { smooth, lowest } = trial.losses;
    const message = `the loss diverges: it has stayed about ${smooth.toPrecision(3)}, and was ${lowest.toPrecision(3)} at its lowest`;
    const hint = 'lower the learning rate, lengthen the warm-up, or lower max_grad_norm';
    if (onDivergence === 'stop') throw new MedpeftError('MP4011', message, hint);
    return [{ code: 'MP4011', message, hint }];
  };
  return {
    begin: (rates) => roundingWarnings(model.trainables, rates),
    step: (done, loss) => [...(done === early ? movement() : []), ...divergence(loss)],
    end() {
      const stuck = [...trial.withGradient].filter((name) => !trial.moved.has(name));
      const rounded: Warning = {
        code: 'MP4012',
        message: `${stuck.length} tuned tensors never moved, since float32 rounded every step away: ${someNames(stuck)}`,
        hint: 'raise the learning rate',
      };
      return [...movement(), ...(stuck.length > 0 ? [rounded] : [])];
    },
  };
}
