/**
 * Masks of dropout from a counter-based generator: each number is a function of its place alone, so that a step that is computed again, in backward or after a
 * resume, drops the same elements, whatever was drawn before.
 */
import { createHash } from 'node:crypto';

/** Which forward pass of a run is computed. */
export interface Noise {
  seed: number;
  /** Optimiser step, from 0. */
  step: number;
  /** Of the step, from 0. */
  microBatch: number;
}

/** The finaliser of MurmurHash3 (A. Appleby, public domain): every bit of the result depends on every bit of x. */
function mix(x: number): number {
  let h = x;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/**
 * `count` numbers: 0 with probability `rate`, else 1 / (1 - rate).
 * @param site where in the network: other sites drop other elements
 */
export function dropoutMask(
  { seed, step, microBatch }: Noise,
  site: string,
  rate: number,
  count: number,
): Float32Array {
  const key = createHash('sha256').update(`${seed} ${step} ${microBatch} ${site}`).digest();
  const [first, second] = [key.readInt32LE(0), key.readInt32LE(4)];
  const dropped = rate * 2 ** 32;
  const kept = 1 / (1 - rate);
  const mask = new Float32Array(count);
  for (let i = 0; i < count; i++) if (mix(mix(i ^ first) + second) >>> 0 >= dropped) mask[i] = kept;
  return mask;
}
