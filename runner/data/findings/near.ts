/** Which images look alike: pairs of fingerprints that differ in few bits, without comparing each with each. Pure. */
import { distance } from '../images/fingerprint';

/**
 * Bits of 256 in which images that look alike may differ. Measured on VQA-RAD's 315 images: versions of an image (JPEG of quality 50, half its size,
 * brighter, squashed to 224 × 224) differ in at most 10 bits, two different images in at least 25.
 */
export const nearBits = 12;

const bands = 16;

export interface Near {
  first: number;
  second: number;
  bits: number;
}

/**
 * Fingerprints that differ in at most 12 bits are equal in at least 4 of 16 bands, so that candidates are those that share one.
 * @returns pairs of positions, `first` < `second`, in the order of `second`.
 */
export function nearPairs(fingerprints: readonly Uint32Array[]): Near[] {
  const buckets = new Map<number, number[]>();
  const found: Near[] = [];
  for (const [second, one] of fingerprints.entries()) {
    const candidates = new Set<number>();
    for (let band = 0; band < bands; band++) {
      const key = band * 65_536 + bandOf(one, band);
      const bucket = buckets.get(key);
      if (!bucket) buckets.set(key, [second]);
      else {
        for (const first of bucket) candidates.add(first);
        bucket.push(second);
      }
    }
    for (const first of candidates) {
      const bits = distance(fingerprints[first]!, one);
      if (bits <= nearBits) found.push({ first, second, bits });
    }
  }
  return found;
}

/** 16 bits, one of each row and of each column: even margins empty no band. */
function bandOf(fingerprint: Uint32Array, band: number): number {
  let bits = 0;
  for (let row = 0; row < bands; row++) {
    const column = (row + band) % bands;
    bits |= ((fingerprint[row >> 1]! >>> ((row & 1) * bands + column)) & 1) << row;
  }
  return bits;
}
