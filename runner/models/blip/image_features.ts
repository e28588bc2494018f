/** States of images that were encoded before, while the weights that made them stand still. */

/** Bytes of image states that are kept at most. */
const limit = 512 * 2 ** 20;

export interface ImageFeatures {
  get(key: string): Float32Array | undefined;
  /** Keeps a copy, and drops the oldest where memory is spent. */
  set(key: string, states: Float32Array): void;
  clear(): void;
}

export function imageFeatures(bytes = limit): ImageFeatures {
  const kept = new Map<string, Float32Array>();
  let used = 0;
  return {
    get: (key) => kept.get(key),
    set(key, states) {
      if (states.byteLength > bytes || kept.has(key)) return;
      for (const [oldest, { byteLength }] of kept) {
        if (used + states.byteLength <= bytes) break;
        kept.delete(oldest);
        used -= byteLength;
      }
      kept.set(key, states.slice());
      used += states.byteLength;
    },
    clear() {
      kept.clear();
      used = 0;
    },
  };
}
