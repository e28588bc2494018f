/** The sources of quick fixes, the likeliest first; one line a source. */
import type { FixSource } from './fix';
import { addMissing, removeKey, removeName } from './keys';
import { splitPattern } from './overlaps';
import { intoRange, rightType } from './values';
import { nearestWord, otherSpelling } from './words';

export const sources: readonly FixSource[] = [
  otherSpelling,
  nearestWord,
  rightType,
  intoRange,
  addMissing,
  splitPattern,
  removeName,
  removeKey,
];
