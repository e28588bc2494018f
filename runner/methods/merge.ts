/** A method as plain weights: what is tuned stands in place of the base, what is added is computed into it. */
import type { Adapter } from '../../schemas/generated/spec';
import { MedpeftError } from '../errors';
import type { Model } from '../models/types';
import { adapterMethods } from './adapters';
import type { Selection } from './types';

/**
 * The base tensors that adapters change, by their names in the checkpoint; tuned ones are the model's own already.
 * @throws MP1106 for what cannot be merged: tokens put in front of a text, and bottlenecks
 */
export function mergeAdapters(
  { added }: Selection,
  adapters: Readonly<Record<string, Adapter>>,
  model: Pick<Model, 'trainables' | 'parameters' | 'tensor'>,
): Map<string, Float32Array> {
  const trained = new Map(model.trainables.map(({ name, value }) => [name, value]));
  const names = new Set(model.parameters.map(({ name }) => name));
  const merged = new Map<string, Float32Array>();
  const source = {
    value: (name: string) => trained.get(name)!,
    base: (name: string) => merged.get(name) ?? (names.has(name) ? model.tensor(name) : undefined),
  };
  for (const placement of added) {
    const { merge } = adapterMethods[placement.type];
    if (!merge)
      throw new MedpeftError(
        'MP1106',
        `"${placement.adapter}" cannot be merged: what ${placement.type} adds is no change of a weight`,
        'keep it as an adapter: its folder in the run holds all that was trained',
        placement.adapter,
      );
    for (const [name, value] of merge(placement, adapters[placement.adapter]!, source)) merged.set(name, value);
  }
  return merged;
}
