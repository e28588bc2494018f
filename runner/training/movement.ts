/** Did what is tuned move, and nothing else? */
import { MedpeftError } from '../errors';
import type { Trainable } from '../models/types';
import { type Fingerprint, someNames } from './fingerprint';
import type { TrialState } from './state';

type Movement = Pick<TrialState, 'withGradient' | 'moved'>;

/**
 * Holds the tensors against those that were loaded, and against what the steps say they did.
 * @throws MP4006 if a frozen tensor changed, or one that a step has changed is as it was
 */
export function refuseWrongMovement(before: Fingerprint, after: Fingerprint, { moved }: Movement): void {
  const changed = [...before.frozen].filter(([name, value]) => after.frozen.get(name) !== value).map(([name]) => name);
  const still = [...before.tuned].filter(([name, value]) => after.tuned.get(name) === value).map(([name]) => name);
  const putBack = still.filter((name) => moved.has(name));
  if (changed.length + putBack.length === 0) return;
  throw new MedpeftError(
    'MP4006',
    [
      changed.length > 0 ? `frozen tensors changed: ${someNames(changed)}` : '',
      putBack.length > 0 ? `tuned tensors did not move: ${someNames(putBack)}` : '',
    ]
      .filter(Boolean)
      .join('; '),
    'this run is not what it says; please report it with the spec',
  );
}

/**
 * Tuned tensors whose gradient was always zero, by the group or adapter that they are of; in words, undefined if there are none.
 * @throws MP4006 if that is all of them: the run would tune nothing
 */
export function withoutGradient(trainables: readonly Trainable[], { withGradient }: Movement): string | undefined {
  const idle = trainables.filter(({ name }) => !withGradient.has(name));
  if (idle.length === 0) return undefined;
  const hint = 'they have no part in the loss; leave them out of the method';
  const groups = [...new Set(idle.map(({ group }) => group))].map((group) => {
    const own = idle.filter((trainable) => trainable.group === group);
    const all = trainables.filter((trainable) => trainable.group === group).length;
    return `${own.length} of the ${all} tensors of "${group}" (${someNames(own.map(({ name }) => name))})`;
  });
  const message = `the gradient was always zero in ${groups.join(', ')}`;
  if (idle.length === trainables.length) throw new MedpeftError('MP4006', message, hint);
  return message;
}
