/** Images as the models see them: decoded, squashed to a square, scaled, normalised. */
import { createHash } from 'node:crypto';
import type { Preprocessing } from '../preprocessing';
import { toSquare } from '../square';
import { readImageBytes } from './bytes';
import { decode } from './decode';

export interface LoadedImage {
  /** SHA-256 of the image's bytes, and of what is taken of them where a file holds several images. */
  key: string;
  /** float32 [3, size, size], normalised. */
  pixels: Float32Array;
}

/** Loads images for one way of preprocessing, and remembers the resized ones. */
export interface ImageLoader {
  readonly size: number;
  /** @throws MP2001 missing file, MP2003 undecodable image. */
  load(file: string): Promise<LoadedImage>;
}

/** Resized 8-bit images that a loader keeps at most; 64 MiB hold 5,400 images of 64 px or 97 of 480 px. */
const defaultCacheBytes = 64 * 2 ** 20;

export function openImages(preprocessing: Preprocessing, cacheBytes = defaultCacheBytes): ImageLoader {
  const { size } = preprocessing;
  const keys = new Map<string, string>();
  const squares = new Map<string, Uint8Array>();
  const limit = Math.floor(cacheBytes / (size * size * 3));
  return {
    size,
    async load(file) {
      const known = keys.get(file);
      const cached = known && squares.get(known);
      if (known && cached) {
        // Back to the end of the queue: what was used longest ago goes first.
        squares.delete(known);
        squares.set(known, cached);
        return { key: known, pixels: normalize(cached, preprocessing) };
      }
      const { bytes, part } = await readImageBytes(file);
      const key = createHash('sha256').update(bytes).update(part).digest('hex');
      keys.set(file, key);
      const square = squares.get(key) ?? toSquare(await decode(bytes, file), preprocessing);
      squares.set(key, square);
      if (squares.size > limit) squares.delete(squares.keys().next().value!);
      return { key, pixels: normalize(square, preprocessing) };
    },
  };
}

/** Loads one image without keeping it. */
export function loadImage(file: string, preprocessing: Preprocessing): Promise<LoadedImage> {
  return openImages(preprocessing, 0).load(file);
}

/** uint8 [H, W, 3] -> float32 [3, H, W]: x / 255, minus mean, by deviation, in the reference's order. */
function normalize(square: Uint8Array, { mean, std }: Preprocessing): Float32Array {
  const area = square.length / 3;
  const out = new Float32Array(square.length);
  for (let channel = 0; channel < 3; channel++) {
    const table = Float32Array.from({ length: 256 }, (_, level) => {
      const scaled = Math.fround(level / 255);
      return (scaled - mean[channel]!) / std[channel]!;
    });
    for (let i = 0; i < area; i++) out[channel * area + i] = table[square[i * 3 + channel]!]!;
  }
  return out;
}
