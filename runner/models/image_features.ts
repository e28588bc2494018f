/** States of images that were encoded before, while the weights that made them stand still. */

/** Bytes of image states that are kept at most. */
const limit = 512 * 2 ** 20;

export interface ImageFeatures {
  /** Forgets everything if a trained tensor of the encoder has changed since the last call; to be called before each use. */
  refresh(): void;
  get(key: string): Float32Array | undefined;
  /** Keeps a copy, and drops the oldest where memory is spent. */
  set(key: string, states: Float32Array): void;
}

/** @param trained the encoder's trained tensors, which an optimiser or a checkpoint may change in place at any time. */
export function imageFeatures(trained: readonly Float32Array[], bytes = limit): ImageFeatures {
  const kept = new Map<string, Float32Array>();
  let used = 0;
  let weights = fingerprint(trained);
  return {
    refresh() {
      const now = fingerprint(trained);
      if (now === weights) return;
      weights = now;
      kept.clear();
      used = 0;
    },
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
  };
}

/** 32 bits that depend on every bit of the tensors (FNV-1a over words): a pass over the weights costs far less than encoding one image. */
function fingerprint(tensors: readonly Float32Array[]): number {
  let hash = 0x811c9dc5;
  for (const { buffer, byteOffset, length } of tensors) {
    const words = new Uint32Array(buffer, byteOffset, length);
    for (let i = 0; i < length; i++) hash = Math.imul(hash ^ words[i]!, 0x01000193);
  }
  return hash;
}
