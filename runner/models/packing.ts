/** Texts of unequal lengths without their padding: only attention sees a batch as a square. */

import type { Tensor } from '../backends';
import { int64 } from './feeds';

export interface Packing {
  /** Of each row that is computed: its place in [texts, length]. */
  packed: number[];
  /** Of each place in [texts, length]: the row that stands there; in place of padding another row of that text, which attention masks. */
  spread: number[];
}

/**
 * @param present 1 = token, 0 = padding, [texts, length]; if absent, padding is computed, too, for those who look at it
 * @param front inputs that a method puts before each text; they are never padding
 */
export function packingOf(
  texts: number,
  length: number,
  { present, front = 0 }: { present?: ArrayLike<number>; front?: number } = {},
): Packing {
  const inputs = front + length;
  const packed: number[] = [];
  const spread: number[] = [];
  for (let text = 0; text < texts; text++) {
    const first = packed.length;
    for (let place = 0; place < inputs; place++) {
      const isToken = place < front || !present || present[text * length + place - front] === 1;
      if (isToken) packed.push(text * inputs + place);
      spread.push(isToken ? packed.length - 1 : first);
    }
  }
  return { packed, spread };
}

/** What a text's blocks are fed of it. @param width of the vectors */
export function packingFeeds(name: string, { packed, spread }: Packing, width: number): [string, Tensor][] {
  return [
    [`${name}.packed`, int64(packed)],
    [`${name}.spread`, int64(spread)],
    [`${name}.square`, int64([spread.length, width])],
  ];
}
