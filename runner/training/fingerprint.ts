/** What every tensor of a model in memory is, as a hash, so that nothing is held twice. */
import { createHash } from 'node:crypto';
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
  const held = model.parameters.filter(({ name }) => !tuned.has(name) && !model.streamed?.has(name));
  const frozen = new Map(held.map(({ name }) => [name, hash(model.tensor(name))]));
  return { tuned, frozen };
}

/** Up to three names, then how many more. */
export function someNames(names: readonly string[]): string {
  return names.length <= 3 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;
}
