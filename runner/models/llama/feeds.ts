/** Tokens as the feeds of a LLaMA-like decoder's programs. */
import type { Tensor } from '../../backends';
import { MedpeftError } from '../../errors';
import { rotations } from '../../programs/ops/rope';
import type { VirtualTokens } from '../adaptations';
import { int64, masked } from '../feeds';
import type { LlamaConfig } from './config';

/** Tokens that are read together: `rows` texts of `length` tokens each, after `before` tokens of each that were read earlier. */
export interface Tokens {
  ids: ArrayLike<number>;
  rows: number;
  length: number;
  before: number;
  /** Place of each token in its text, [rows, length]. */
  positions: ArrayLike<number>;
  /** 1 = token, 0 = padding: [rows, before + length]. */
  present: ArrayLike<number>;
}

/** @param front what a method puts in front of each text: inputs when it is begun, keys whenever it is gone on with. Places are counted from there. */
export function tokenFeeds(tokens: Tokens, config: LlamaConfig, front: VirtualTokens): [string, Tensor][] {
  const { ids, rows, length, before } = tokens;
  const virtual = before === 0 ? front.inputs : 0;
  const inputs = virtual + length;
  const read = front.keys + front.inputs + before + length;
  if (read > config.maxPositions)
    throw new MedpeftError(
      'MP3102',
      `a text of ${read} tokens is longer than the ${config.maxPositions} positions of the model`,
      'shorten it with the token limits of the task',
    );
  const places = Array.from({ length: rows * inputs }, (_, i) => {
    const place = (i % inputs) - virtual;
    const after =
      place < 0 ? front.inputs + place : front.inputs + tokens.positions[Math.floor(i / inputs) * length + place]!;
    return front.keys + after;
  });
  const { cos, sin } = rotations(places, config.headSize, config.ropeTheta);
  const angles = [rows, inputs, 1, config.headSize / 2];
  return [
    ['text.ids', int64(ids)],
    ['text.written', int64([rows, length, config.hiddenSize])],
    ['text.shape', int64([rows, inputs, config.heads, config.headSize])],
    ['text.key_shape', int64([rows, inputs, config.keyHeads, config.headSize])],
    ['text.cos', { data: cos, shape: angles }],
    ['text.sin', { data: sin, shape: angles }],
    ['text.mask', mask(tokens, config, front)],
  ];
}

/**
 * A token sees what was put in front, the tokens before it and itself, none that is padding, and none beyond the window. Padding sees itself alone, if nothing else.
 * [rows, 1, queries, keys].
 */
function mask(
  { rows, length, before, present }: Tokens,
  { slidingWindow = Infinity }: LlamaConfig,
  front: VirtualTokens,
): Tensor {
  const past = before === 0 ? 0 : front.inputs + before;
  const queries = (before === 0 ? front.inputs : 0) + length;
  const total = front.keys + past + queries;
  const data = new Float32Array(rows * queries * total).fill(masked);
  for (let row = 0, at = 0; row < rows; row++)
    for (let query = past; query < past + queries; query++, at += total) {
      data.fill(0, at, at + front.keys);
      let seen = front.keys;
      for (let key = Math.max(0, query - slidingWindow + 1); key <= query; key++) {
        const token = key - front.inputs;
        if (token >= 0 && !present[row * (before + length) + token]) continue;
        data[at + front.keys + key] = 0;
        seen++;
      }
      if (seen === 0) data[at + front.keys + query] = 0;
    }
  return { data, shape: [rows, 1, queries, total] };
}

/** 0, 1, 2 … in every row: what transformers' plain forward counts, padding included. */
export function plainPositions(rows: number, length: number): number[] {
  return Array.from({ length: rows * length }, (_, i) => i % length);
}
