/** Seeded random numbers for new tensors: each tensor has a stream of its own, so that none depends on what else is made. */
import { createHash } from 'node:crypto';
import { sizeOf } from './safetensors';

/** Uniform numbers in [0, 1) with 32 random bits, from a seed and a name. The generator is Mulberry32. */
export function randomStream(seed: number, name: string): () => number {
  let state = createHash('sha256').update(`${seed} ${name}`).digest().readUInt32LE(0);
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Weight [out, in] (or a convolution's [out, channels, height, width], whose inputs are all of the last three) drawn uniformly from ±1 / sqrt(in): torch.nn.init.kaiming_uniform_ with a = sqrt 5, which peft uses for LoRA's A.
 * Source: He et al. 2015, arXiv 1502.01852.
 */
export function kaimingUniform(shape: readonly number[], random: () => number): Float32Array {
  return uniform(shape, sizeOf(shape.slice(1)), random);
}

/** Uniform from ±1 / sqrt(in): the bias of torch.nn.Linear, whose weight is `kaimingUniform`. */
export function uniform(shape: readonly number[], into: number, random: () => number): Float32Array {
  const bound = 1 / Math.sqrt(into);
  return Float32Array.from({ length: sizeOf(shape) }, () => (2 * random() - 1) * bound);
}

/** Normal with mean 0 (Box and Muller 1958): torch.nn.Embedding with a deviation of 1. */
export function normal(shape: readonly number[], deviation: number, random: () => number): Float32Array {
  // 1 - random() is never 0, whose logarithm is not a number to go on with.
  const one = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Float32Array.from({ length: sizeOf(shape) }, () => deviation * one());
}
