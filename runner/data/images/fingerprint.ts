/** A perceptual hash: images that look alike have fingerprints that differ in few bits. */
import type { DecodedImage } from './image';

/** Words of 32 bits: a row of 16 comparisons each half. */
export const fingerprintWords = 8;
const side = 16;

/**
 * The difference hash ("dHash", N. Krawetz 2013) of 16 × 16 bits: grey (the sum of the channels) averaged over 17 × 16 cells, and a bit for each cell
 * that is darker than its right neighbour by at least one grey level; so noise in even areas, such as a black margin, says nothing.
 * Scale, compression and brightness move few bits; mirroring, rotating and cropping move many.
 * @returns uint32 [8]; undefined for an image that is even all over: it resembles every other such image, whatever they show.
 */
export function fingerprint({ width, height, pixels }: DecodedImage): Uint32Array | undefined {
  const cells = averages({ width, height, pixels });
  const bits = new Uint32Array(fingerprintWords);
  let any = false;
  for (let row = 0; row < side; row++)
    for (let column = 0; column < side; column++) {
      const left = row * (side + 1) + column;
      const [here, next] = [cells[left]!, cells[left + 1]!];
      if (Math.abs(next - here) >= 3) any = true;
      if (next - here >= 3) bits[row >> 1]! |= 1 << ((row & 1) * side + column);
    }
  return any ? bits : undefined;
}

/** Sum of the three channels, averaged over each of 17 × 16 cells; a cell of an image smaller than that is its nearest pixel. */
function averages({ width, height, pixels }: DecodedImage): Float64Array {
  const out = new Float64Array((side + 1) * side);
  const bounds = (cell: number, cells: number, length: number): [number, number] => {
    const from = Math.min(length - 1, Math.floor((cell * length) / cells));
    return [from, Math.max(from + 1, Math.floor(((cell + 1) * length) / cells))];
  };
  for (let row = 0; row < side; row++) {
    const [top, bottom] = bounds(row, side, height);
    for (let column = 0; column <= side; column++) {
      const [left, right] = bounds(column, side + 1, width);
      let sum = 0;
      for (let y = top; y < bottom; y++)
        for (let i = (y * width + left) * 3, end = (y * width + right) * 3; i < end; i++) sum += pixels[i]!;
      out[row * (side + 1) + column] = sum / ((bottom - top) * (right - left));
    }
  }
  return out;
}

/** Bits that differ. */
export function distance(a: Uint32Array, b: Uint32Array): number {
  let bits = 0;
  for (let i = 0; i < fingerprintWords; i++) {
    let word = a[i]! ^ b[i]!;
    for (; word !== 0; word &= word - 1) bits++;
  }
  return bits;
}
