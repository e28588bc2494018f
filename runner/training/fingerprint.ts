/** Did what is tuned move, and nothing else? Compared by hash, so that nothing is held twice. */
import { createHash } from 'node:crypto';
import { MedpeftError } from '../errors';
import type { Model } from '../models/types';

export interface Fingerprint {
  tuned: Map<string, string>;
  frozen: Map<string, string>;
}

const hash = ({ buffer, byteOffset, byteLength }: Float32Array) =>
  createHash('sha256')
    .update(new Uint8Array(buffer, byteOffset, byteLength))
    .digest('base64');

export function fingerprint(model: Model): Fingerprint {
  const tuned = new Map(model.trainables.map(({ name, value }) => [name, hash(value)]));
  const frozen = new Map(
    model.parameters.filter(({ name }) => !tuned.has(name)).map(({ name }) => [name, hash(model.tensor(name))]),
  );
  return { tuned, frozen };
}

/** Up to three names, then how many more. */
export function someNames(names: readonly string[]): string {
  return names.length <= 3 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;
}

/**
 * Holds the end against the start.
 * @param gradientSeen tensors whose gradient was ever other than zero while their rate was above 0: those must have moved
 * @returns tuned tensors that did not move since their gradient was always zero: they have no part in the loss
 * @throws MP4006
 */
export function checkMoved(before: Fingerprint, after: Fingerprint, gradientSeen: ReadonlySet<string>): string[] {
  const changed = [...before.frozen].filter(([name, value]) => after.frozen.get(name) !== value).map(([name]) => name);
  const still = [...before.tuned].filter(([name, value]) => after.tuned.get(name) === value).map(([name]) => name);
  const stuck = still.filter((name) => gradientSeen.has(name));
  if (changed.length > 0 || stuck.length > 0)
    throw new MedpeftError(
      'MP4006',
      [
        changed.length > 0 ? `frozen tensors changed: ${someNames(changed)}` : '',
        stuck.length > 0 ? `tuned tensors did not move: ${someNames(stuck)}` : '',
      ]
        .filter(Boolean)
        .join('; '),
      'this run is not what it says; please report it with the spec',
    );
  return still;
}
