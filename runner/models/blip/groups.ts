/** Texts that look at the same states: their queries stand in one row, so that keys and values are made once and never copied. */

/**
 * How cross-attention groups B texts of S tokens by the C entries (images, or questions) that they look at, at most G of them at one.
 * `groups` [C·G]: the text at each place, any text where a place is free; `places` [B]: the place of each text; `apart` [C·G, S, H, dh] and `together`
 * [C, G·S, H, dh]: the shapes of their queries. What a free place looks at is never read, so that its gradient is zero.
 * @param of the entry of each text
 */
export function groupsOf(
  of: ArrayLike<number>,
  entries: number,
  length: number,
  heads: readonly number[],
): Record<'groups' | 'places' | 'apart' | 'together', number[]> {
  const texts = Array.from({ length: entries }, (): number[] => []);
  const ranks = Array.from(of, (entry, text) => texts[entry]!.push(text) - 1);
  const most = Math.max(1, ...texts.map((group) => group.length));
  return {
    groups: texts.flatMap((group) => Array.from({ length: most }, (_, i) => group[i] ?? 0)),
    places: ranks.map((rank, text) => of[text]! * most + rank),
    apart: [entries * most, length, ...heads],
    together: [entries, most * length, ...heads],
  };
}
