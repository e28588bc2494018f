/** What a method that adds parameters must say of itself; one file a method, one line in index.ts. */
import type { Adapter } from '../../schemas/generated/spec';
import type { Parameter } from '../models/types';
import type { Placement } from './types';

/** A tensor that an adapter adds. */
export interface AddedTensor {
  /** Name in PEFT's files: `base_model.model.` + path + suffix. */
  name: string;
  shape: readonly number[];
  /** Whether weight decay applies. */
  decay: boolean;
}

export interface AdapterMethod {
  type: Adapter['type'];
  /** What of this adapter's settings this version does not compute, in words; undefined if all is. */
  unsupported(adapter: Adapter): string | undefined;
  /** Base tensors that the adapter's targets match, in the given order. */
  matches(adapter: Adapter, parameters: readonly Parameter[]): Parameter[];
  /** Where the adapter is put. @param name the adapter's name in the spec */
  place(name: string, adapter: Adapter, parameters: readonly Parameter[]): Placement[];
  /** The tensors of one placement, in the order in which they are trained. */
  tensors(placement: Placement): AddedTensor[];
}
