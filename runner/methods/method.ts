/** What a method that adds parameters says of itself: one file a method, one line in adapters.ts. */
import type { Adapter } from '../../schemas/generated/spec';
import type { Parameter, SiteKind } from '../models/types';
import type { Placement } from './types';

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
}
