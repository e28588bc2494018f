/** Images as the models see them: decoded, squashed to a square, scaled, normalised. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { MedpeftError } from '../errors';
import type { Preprocessing } from './preprocessing';
import { toSquare } from './square';

/** 8-bit RGB, row-major, channels last. */
export interface DecodedImage {
  width: number;
  height: number;
  /** uint8 [height, width, 3]. */
  pixels: Uint8Array;
}

export interface LoadedImage {
  /** SHA-256 of the file's bytes. */
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
      const bytes = await readImageFile(file);
      const key = createHash('sha256').update(bytes).digest('hex');
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

/**
 * Decodes to RGB; grey becomes three equal channels, transparency is dropped, an orientation tag is not followed (as PIL's `convert("RGB")`).
 * @param file named in errors.
 * @throws MP2003
 */
export async function decode(bytes: Uint8Array, file: string): Promise<DecodedImage> {
  // Loaded on first use: whoever only lists formats or reads tables needs no image library.
  const { default: sharp } = await import('sharp');
  try {
    const { data, info } = await sharp(bytes, { failOn: 'truncated' })
      .removeAlpha()
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const pixels = info.channels === 1 ? threeTimes(data) : data;
    return { width: info.width, height: info.height, pixels };
  } catch (cause) {
    throw new MedpeftError(
      'MP2003',
      `image ${file} cannot be read: ${(cause as Error).message.trim().split('\n')[0]}`,
      'get the file again from its source; JPEG, PNG, WebP, GIF and TIFF can be read in this version',
      file,
      { cause },
    );
  }
}

async function readImageFile(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new MedpeftError(
      'MP2001',
      `image ${file} cannot be read: ${(cause as Error).message}`,
      'the data set names an image that is not there or may not be read',
      file,
      { cause },
    );
  }
}

function threeTimes(grey: Uint8Array): Uint8Array {
  return Uint8Array.from({ length: grey.length * 3 }, (_, i) => grey[Math.floor(i / 3)]!);
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
