/** A batch as the feeds of BLIP's programs. */
import type { Tensor } from '../../backends';
import type { Batch } from '../../data/types';
import { MedpeftError } from '../../errors';
import type { VirtualTokens } from '../adaptations';
import { int64, masked } from '../feeds';
import { type Packing, packingFeeds, packingOf } from '../packing';
import type { BlipConfig } from './config';
import { groupsOf } from './groups';
import { imageTokens } from './vision';

const none: VirtualTokens = { keys: 0, inputs: 0 };

const heads = ({ text }: BlipConfig) => [text.heads, text.hiddenSize / text.heads];

/** 1 = token, 0 = padding, [rows, length] -> scores' mask [rows, 1, 1, front + length]; what a method has put in front is never padding. */
export function paddingMask(tokens: ArrayLike<number>, rows: number, length: number, front = 0): Tensor {
  const keys = front + length;
  const data = Float32Array.from({ length: rows * keys }, (_, i) => {
    const token = (i % keys) - front;
    return token < 0 || tokens[Math.floor(i / keys) * length + token] ? 0 : masked;
  });
  return { data, shape: [rows, 1, 1, keys] };
}

/** Padding, and for each query the keys after it: [rows, 1, queries, keys]; every query may look at what a method has put in front. */
export function causalMask(
  tokens: ArrayLike<number> | undefined,
  rows: number,
  length: number,
  front: VirtualTokens = none,
): Tensor {
  const queries = front.inputs + length;
  const keys = front.keys + queries;
  const data = new Float32Array(rows * queries * keys);
  for (let row = 0, i = 0; row < rows; row++)
    for (let query = 0; query < queries; query++)
      for (let key = 0; key < keys; key++, i++) {
        const token = key - front.keys - front.inputs;
        if (key - front.keys > query || (token >= 0 && tokens?.[row * length + token] === 0)) data[i] = masked;
      }
  return { data, shape: [rows, 1, queries, keys] };
}

/**
 * Token ids [rows, length] with their positions, counted from what a method has put in front, and the shapes of their embeddings and heads.
 * @param places of the tokens in their texts, [rows, length]: 0, 1, 2 … if absent
 * @param packing which rows are computed; all if absent
 */
export function tokenFeeds(
  name: string,
  ids: ArrayLike<number>,
  rows: number,
  length: number,
  config: BlipConfig,
  front: VirtualTokens = none,
  {
    places,
    packing = packingOf(rows, length, { front: front.inputs }),
  }: { places?: readonly number[]; packing?: Packing } = {},
): [string, Tensor][] {
  const inputs = front.inputs + length;
  refuseTooLong(name, front.keys + inputs, config, front);
  const positions = packing.packed.map((i) => {
    const token = (i % inputs) - front.inputs;
    const place = token >= 0 && places ? places[Math.floor(i / inputs) * length + token]! : token;
    return front.keys + front.inputs + place;
  });
  return [
    [`${name}.ids`, int64(ids)],
    [`${name}.written`, int64([rows, length, config.text.hiddenSize])],
    [`${name}.positions`, int64(positions)],
    [`${name}.shape`, int64([rows, inputs, ...heads(config)])],
    ...packingFeeds(name, packing, config.text.hiddenSize),
  ];
}

/** One token more for each row, after `before` places of earlier ones and padding. @param present 1 = token, 0 = padding; [rows, before + 1] */
export function nextTokenFeeds(
  ids: readonly number[],
  places: readonly number[],
  present: readonly number[],
  config: BlipConfig,
  front: VirtualTokens,
): [string, Tensor][] {
  const rows = ids.length;
  const length = present.length / rows;
  const virtual = front.keys + front.inputs;
  refuseTooLong('answer', virtual + length, config, front);
  const mask = new Float32Array(rows * (virtual + length));
  for (const [i, token] of present.entries())
    if (!token) mask[Math.floor(i / length) * (virtual + length) + virtual + (i % length)] = masked;
  return [
    ['answer.ids', int64(ids)],
    ['answer.positions', int64(places.map((place) => virtual + place))],
    ['answer.shape', int64([rows, 1, ...heads(config)])],
    ['answer.mask', { data: mask, shape: [rows, 1, 1, virtual + length] }],
  ];
}

function refuseTooLong(name: string, tokens: number, { text }: BlipConfig, { keys, inputs }: VirtualTokens): void {
  if (tokens <= text.maxPositions) return;
  throw new MedpeftError(
    'MP3102',
    `a ${name} of ${tokens} tokens${keys + inputs > 0 ? `, ${keys + inputs} of them virtual,` : ''} is longer than the ${text.maxPositions} positions of the model`,
    'shorten it with the token limits of the task',
  );
}

/**
 * Which of the batch's studies each text looks at, and how the texts are grouped by them. The tokens of a study's views stand one after the other already: joining them is
 * another shape of the same states.
 * @param length inputs of each text
 */
export function imageMap(
  { imageKeys, views = 1 }: Batch,
  studies: ArrayLike<number>,
  length: number,
  config: BlipConfig,
): [string, Tensor][] {
  const count = imageKeys.length / views;
  return [
    ...groupFeeds('images', studies, count, length, heads(config)),
    ['images.shape', int64([count, views * imageTokens(config.vision), ...heads(config)])],
  ];
}

function groupFeeds(name: string, ...of: Parameters<typeof groupsOf>): [string, Tensor][] {
  return Object.entries(groupsOf(...of)).map(([key, values]) => [`${name}.${key}`, int64(values)]);
}

/** What the question encoder is fed, but for the image states. @param packing which rows are computed; all if absent, for answers may look at padding, too */
export function encoderFeeds(
  batch: Batch,
  config: BlipConfig,
  front: VirtualTokens,
  packing?: Packing,
): [string, Tensor][] {
  const rows = batch.ids.length;
  const { questionLength: length } = batch;
  return [
    ...tokenFeeds('question', batch.inputIds, rows, length, config, front, { packing }),
    ['question.mask', paddingMask(batch.attentionMask, rows, length, front.keys)],
    ...imageMap(batch, batch.imageOf, length, config),
  ];
}

/**
 * Which of the batch's questions each text looks at, how the texts are grouped by them, and which tokens of a question are seen.
 * @param length inputs of each text
 * @param ones whether padding is seen, too
 */
export function questionMap(
  batch: Batch,
  rows: readonly number[],
  length: number,
  ones: boolean,
  config: BlipConfig,
): [string, Tensor][] {
  const { questionLength, attentionMask, ids } = batch;
  const seen = ones ? Array<number>(ids.length * questionLength).fill(1) : attentionMask;
  return [
    ...groupFeeds('questions', rows, ids.length, length, heads(config)),
    ['questions.shape', int64([ids.length, questionLength, ...heads(config)])],
    ['questions.mask', paddingMask(seen, ids.length, questionLength)],
  ];
}

/** Tokens of the answer decoder in training. @param packing which rows are computed; all if absent */
export function decoderFeeds(
  batch: Batch,
  config: BlipConfig,
  front: VirtualTokens,
  packing?: Packing,
): [string, Tensor][] {
  const rows = batch.ids.length;
  const { answerLength: length } = batch;
  return [
    ...tokenFeeds('answer', batch.decoderInputIds, rows, length, config, front, { packing }),
    ['answer.mask', causalMask(batch.decoderAttentionMask, rows, length, front)],
  ];
}
