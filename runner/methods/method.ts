/** What a method that adds parameters says of itself: one file a method, one line in adapters.ts. */
import type { Adapter } from '../../schemas/generated/spec';
import type { Parameter, SiteKind } from '../models/types';
import type { PeftForm } from './peft';
import type { Placement } from './types';

/** Where a merged tensor's parts are taken from. */
export interface MergeSource {
  /** A trained tensor by its name. */
  value(name: string): Float32Array;
  /** A base tensor by its name in the checkpoint; undefined where the model has none, such as a bias. */
  base(name: string): Float32Array | undefined;
}

export interface AdapterMethod {
  type: Adapter['type'];
  /** Where it acts: two methods cannot act at one place. */
  site: SiteKind;
  /** What a component must have for it, in words. */
  needs: string;
  /** What of this adapter's settings this version does not compute, in words; undefined if all is. */
  unsupported(adapter: Adapter): string | undefined;
  /** Base weights at which the adapter is put, in the given order. */
  matches(adapter: Adapter, parameters: readonly Parameter[]): Parameter[];
  /**
   * Puts the adapter in its places.
   * @param name the adapter's name in the spec
   * @param matched what `matches` gave, in one component
   */
  place(name: string, adapter: Adapter, matched: readonly Parameter[]): Placement[];
  /** How Hugging Face peft stores it; absent if peft does not know it. */
  peft?: PeftForm;
  /** Base tensors, by their names in the checkpoint, that compute the same without the adapter; absent if none can. */
  merge?(placement: Placement, adapter: Adapter, source: MergeSource): Map<string, Float32Array>;
}
