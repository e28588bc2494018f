/** A batch as the feeds of BLIP's programs. */
import type { Tensor } from '../../backends';
import type { Batch } from '../../data/types';
import { MedpeftError } from '../../errors';
import type { VirtualTokens } from '../adaptations';
import { headFeeds, int64, masked } from '../feeds';
import type { Prefix } from '../generation';
import type { BlipConfig } from './config';
import { groupsOf } from './groups';
import { imageTokens } from './vision';

const none: VirtualTokens = { keys: 0, inputs: 0 };

const heads = ({ text }: BlipConfig) => [text.heads, text.hiddenSize / text.heads];

/** 1 = token, 0 = padding, [rows, length] -> scores' mask [rows, 1, 1, length]. */
export function paddingMask(tokens: ArrayLike<number>, rows: number, length: number): Tensor {
  return { data: Float32Array.from(tokens, (token) => (token ? 0 : masked)), shape: [rows, 1, 1, length] };
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

/** Token ids [rows, length] with their positions, counted from what a method has put in front, and the shapes of their embeddings and heads. */
export function tokenFeeds(
  name: string,
  ids: ArrayLike<number>,
  rows: number,
  length: number,
  config: BlipConfig,
  front: VirtualTokens = none,
): [string, Tensor][] {
  const inputs = front.inputs + length;
  if (front.keys + inputs > config.text.maxPositions)
    throw new MedpeftError(
      'MP3102',
      `a ${name} of ${front.keys + inputs} tokens${front.keys + front.inputs > 0 ? `, ${front.keys + front.inputs} of them virtual,` : ''} is longer than the ${config.text.maxPositions} positions of the model`,
      'shorten it with the token limits of the task',
    );
  const positions = Array.from({ length: rows * inputs }, (_, i) => front.keys + (i % inputs));
  return [
    [`${name}.ids`, int64(ids)],
    [`${name}.written`, int64([rows, length, config.text.hiddenSize])],
    [`${name}.positions`, int64(positions)],
    [`${name}.shape`, int64([rows, inputs, ...heads(config)])],
  ];
}

function groupFeeds(name: string, ...of: Parameters<typeof groupsOf>): [string, Tensor][] {
  return Object.entries(groupsOf(...of)).map(([key, values]) => [`${name}.${key}`, int64(values)]);
}

/** What the question encoder is fed, but for the image states. */
export function encoderFeeds(batch: Batch, config: BlipConfig): [string, Tensor][] {
  const rows = batch.ids.length;
  const { questionLength: length, views = 1 } = batch;
  // The tokens of a study's views stand one after the other already: joining them is another shape of the same states.
  return [
    ...tokenFeeds('question', batch.inputIds, rows, length, config),
    ['question.mask', paddingMask(batch.attentionMask, rows, length)],
    ...groupFeeds('images', batch.imageOf, batch.imageKeys.length / views, length, heads(config)),
    ['images.shape', int64([batch.imageKeys.length / views, views * imageTokens(config.vision), ...heads(config)])],
  ];
}

/** What the answer decoder is fed in training, but for the question states. */
export function decoderFeeds(batch: Batch, config: BlipConfig, front: VirtualTokens): [string, Tensor][] {
  const rows = batch.ids.length;
  const { answerLength: length } = batch;
  return [
    ...tokenFeeds('answer', batch.decoderInputIds, rows, length, config, front),
    ['answer.mask', causalMask(batch.decoderAttentionMask, rows, length, front)],
    ...groupFeeds(
      'questions',
      Array.from({ length: rows }, (_, row) => row),
      rows,
      front.inputs + length,
      heads(config),
    ),
    ['questions.shape', int64([rows, batch.questionLength, ...heads(config)])],
    ['questions.mask', paddingMask(batch.attentionMask, rows, batch.questionLength)],
  ];
}

/** What decoder and head are fed to score the next token of each prefix, but for the question states. The start token comes first. */
export function stepFeeds(
  prefixes: readonly Prefix[],
  batch: Batch,
  questionMask: 'ones' | 'keep',
  config: BlipConfig,
  front: VirtualTokens,
): [string, Tensor][] {
  const rows = prefixes.length;
  const length = 1 + prefixes[0]!.tokens.length;
  const { questionLength } = batch;
  const ids = prefixes.flatMap(({ tokens }) => [config.text.bosTokenId, ...tokens]);
  // BLIP and MISS let answers look at the padding of questions when they generate, though not in training.
  const questions = batch.ids.length;
  const seen = questionMask === 'ones' ? Array<number>(questions * questionLength).fill(1) : batch.attentionMask;
  return [
    ...tokenFeeds('answer', ids, rows, length, config, front),
    ['answer.mask', causalMask(undefined, rows, length, front)],
    ...groupFeeds(
      'questions',
      prefixes.map(({ row }) => row),
      questions,
      front.inputs + length,
      heads(config),
    ),
    ['questions.shape', int64([questions, questionLength, ...heads(config)])],
    ['questions.mask', paddingMask(seen, questions, questionLength)],
    ...headFeeds(
      prefixes.map((_, row) => (row + 1) * (front.inputs + length) - 1),
      rows * (front.inputs + length),
      config.text.hiddenSize,
    ),
  ];
}
