/** Findings between two splits: what of the second, which is tested on, occurs in the first, which is trained on. Pure. */
import type { Item } from '../types';
import { imageKeys, itemKey, questionKey } from './asked';
import { type Finding, finding } from './finding';

type Pair = readonly [first: readonly Item[], second: readonly Item[]];

/** Counts are of distinct images, patients, questions and triplets of the second split. */
export function between(splits: readonly [string, string], pair: Pair): Finding[] {
  const shared = (keysOf: (item: Item) => readonly string[]) => {
    const [known, all, found] = [new Set(pair[0].flatMap(keysOf)), new Set<string>(), new Map<string, string>()];
    for (const item of pair[1])
      for (const key of keysOf(item)) {
        all.add(key);
        if (known.has(key) && !found.has(key)) found.set(key, item.id);
      }
    return { keys: [...found.keys()], ids: [...found.values()], of: all.size };
  };
  const images = shared(imageKeys);
  const patients = shared(({ patient }) => (patient === undefined ? [] : [patient]));
  const questions = shared((item) => (item.kind === 'report' ? [] : [questionKey(item)]));
  const items = shared((item) => [itemKey(item)]);
  return [
    ...finding('image_shared', splits, images.keys, images),
    ...finding('patient_shared', splits, patients.keys, patients),
    ...finding('question_shared', splits, questions.ids, questions),
    ...finding('item_shared', splits, items.ids, items),
  ];
}
