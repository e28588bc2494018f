/** Images of different names that are the same, or nearly: copies by their bytes, and by what they look like. Pure. */
import type { Item } from '../types';
import { namedImages } from './asked';
import { type Finding, finding } from './finding';
import type { KnownImage } from './images';
import type { LookedAt } from './index';
import { nearPairs } from './near';

/** Images of different names: with the same bytes, or that look alike; of the whole data set, and between each split and each later one. */
export function copies(splits: LookedAt['splits'], known: ReadonlyMap<string, KnownImage>): Finding[] {
  const same = new Map<string, Named[]>();
  for (const entry of known) {
    const others = same.get(entry[1].hash);
    if (others) others.push(entry);
    else same.set(entry[1].hash, [entry]);
  }
  const exact: Pair[] = [...same.values()].flatMap(([first, ...more]) =>
    more.map((one) => ({ first: first![0], second: one[0], says: '=' })),
  );
  // Of images with the same bytes the first stands for all.
  const printed = [...same.values()].map(([first]) => first!).filter(([, { fingerprint: print }]) => print);
  const near: Pair[] = nearPairs(printed.map(([, { fingerprint: print }]) => print!)).map(
    ({ first, second, bits }) => ({
      first: printed[first]![0],
      second: printed[second]![0],
      says: `~ (${bits} bits)`,
    }),
  );
  const nameOf = (key: string) => known.get(key)!.image;
  const text = ({ first, second, says }: Pair) => `${nameOf(second)} ${says} ${nameOf(first)}`;
  const once = (pairs: readonly Pair[]) => [...new Map(pairs.map((pair) => [pair.second, text(pair)])).values()];
  const all = [
    ...finding('image_copied', [], once(exact), { of: known.size }),
    ...finding('image_near', [], once(near), { of: known.size }),
  ];
  return [...all, ...sharedCopies(splits, known, same, near)];
}

type Named = readonly [key: string, image: KnownImage];

interface Pair {
  /** Keys of images. */
  first: string;
  second: string;
  says: string;
}

function sharedCopies(
  splits: LookedAt['splits'],
  known: ReadonlyMap<string, KnownImage>,
  same: ReadonlyMap<string, readonly Named[]>,
  near: readonly Pair[],
): Finding[] {
  const keysOf = (items: readonly Item[]) => new Set(items.flatMap((item) => namedImages(item).map(({ key }) => key)));
  const keys = [...splits]
    .filter(([split]) => split !== 'all')
    .map(([split, items]) => [split, keysOf(items)] as const);
  const hashesNear = new Map<string, Map<string, string>>();
  const remember = (a: string, b: string, says: string) => {
    const [from, to] = [known.get(a)!.hash, known.get(b)!.hash];
    const others = hashesNear.get(from) ?? new Map<string, string>();
    hashesNear.set(from, others.set(to, says));
  };
  for (const { first, second, says } of near) {
    remember(first, second, says);
    remember(second, first, says);
  }
  const findings: Finding[] = [];
  for (const [i, [first, trained]] of keys.entries())
    for (const [second, tested] of keys.slice(i + 1)) {
      const [copied, alike] = [[] as string[], [] as string[]];
      for (const key of tested) {
        const one = known.get(key);
        if (!one || trained.has(key)) continue;
        const copy = same.get(one.hash)!.find(([other]) => trained.has(other));
        if (copy) copied.push(`${one.image} = ${copy[1].image}`);
        else
          for (const [hash, says] of hashesNear.get(one.hash) ?? []) {
            const other = same.get(hash)!.find(([name]) => trained.has(name));
            if (!other) continue;
            alike.push(`${one.image} ${says} ${other[1].image}`);
            break;
          }
      }
      findings.push(
        ...finding('image_copy_shared', [first, second], copied, { of: tested.size }),
        ...finding('image_near_shared', [first, second], alike, { of: tested.size }),
      );
    }
  return findings;
}
