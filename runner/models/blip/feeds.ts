/** A batch as the feeds of BLIP's programs. */
import type { Tensor } from '../../backends';
import type { Batch } from '../../data/types';
import { MedpeftError } from '../../errors';
import type { Prefix } from '../generation';
import type { BlipConfig } from './config';
import { imageTokens } from './vision';

/** Added to the score of a key that may not be looked at: exp of it is 0. As in transformers' BlipTextModel.get_extended_attention_mask. */
const masked = -10000;

export function int64(values: ArrayLike<number>, shape: readonly number[] = [values.length]): Tensor {
  return { data: BigInt64Array.from({ length: values.length }, (_, i) => BigInt(values[i]!)), shape };
}

const heads = ({ text }: BlipConfig) => [text.heads, text.hiddenSize / text.heads];

/** 1 = token, 0 = padding, [rows, length] -> scores' mask [rows, 1, 1, length]. */
export function paddingMask(tokens: ArrayLike<number>, rows: number, length: number): Tensor {
  return { data: Float32Array.from(tokens, (token) => (token ? 0 : masked)), shape: [rows, 1, 1, length] };
}

/** Padding, and for each query the keys after it: [rows, 1, length, length]. */
export function causalMask(tokens: ArrayLike<number> | undefined, rows: number, length: number): Tensor {
  const data = new Float32Array(rows * length * length);
  for (let row = 0, i = 0; row < rows; row++)
    for (let query = 0; query < length; query++)
      for (let key = 0; key < length; key++, i++)
        if (key > query || tokens?.[row * length + key] === 0) data[i] = masked;
  return { data, shape: [rows, 1, length, length] };
}

/** Token ids [rows, length] with their positions and the shape of their heads. */
export function tokenFeeds(
  name: string,
  ids: ArrayLike<number>,
  rows: number,
  length: number,
  config: BlipConfig,
): [string, Tensor][] {
  if (length > config.text.maxPositions)
    throw new MedpeftError(
      'MP3102',
      `a ${name} of ${length} tokens is longer than the ${config.text.maxPositions} positions of the model`,
      'shorten it with the token limits of the task',
    );
  const positions = Array.from({ length: rows * length }, (_, i) => i % length);
  return [
    [`${name}.ids`, int64(ids)],
    [`${name}.positions`, int64(positions)],
    [`${name}.shape`, int64([rows, length, ...heads(config)])],
  ];
}

/** What the question encoder is fed, but for the image states. */
export function encoderFeeds(batch: Batch, config: BlipConfig): [string, Tensor][] {
  const rows = batch.ids.length;
  const { questionLength: length } = batch;
  return [
    ...tokenFeeds('question', batch.inputIds, rows, length, config),
    ['question.mask', paddingMask(batch.attentionMask, rows, length)],
    ['images.rows', int64(batch.imageOf)],
    ['images.shape', int64([batch.imageKeys.length, imageTokens(config.vision), ...heads(config)])],
  ];
}

/** What the answer decoder is fed in training, but for the question states. */
export function decoderFeeds(batch: Batch, config: BlipConfig): [string, Tensor][] {
  const rows = batch.ids.length;
  const { answerLength: length } = batch;
  return [
    ...tokenFeeds('answer', batch.decoderInputIds, rows, length, config),
    ['answer.mask', causalMask(batch.decoderAttentionMask, rows, length)],
    ['questions.rows', int64(Array.from({ length: rows }, (_, row) => row))],
    ['questions.shape', int64([rows, batch.questionLength, ...heads(config)])],
    ['questions.mask', paddingMask(batch.attentionMask, rows, batch.questionLength)],
  ];
}

/** Positions with a target: logits at i meet the label at i + 1. Rows are counted over [rows · length]. */
export function targetsOf({ labels, answerLength }: Batch): { rows: number[]; labels: number[] } {
  const targets = { rows: [] as number[], labels: [] as number[] };
  for (let i = 0; i + 1 < labels.length; i++)
    if ((i + 1) % answerLength !== 0 && labels[i + 1] !== -100) {
      targets.rows.push(i);
      targets.labels.push(labels[i + 1]!);
    }
  return targets;
}

/** What the LM head is fed: the rows that it computes. */
export function headFeeds(rows: readonly number[], total: number, config: BlipConfig): [string, Tensor][] {
  return [
    ['head.rows', int64(rows)],
    ['head.x_shape', int64([total, config.text.hiddenSize])],
  ];
}

/** What decoder and head are fed to score the next token of each prefix, but for the question states. The start token comes first. */
export function stepFeeds(
  prefixes: readonly Prefix[],
  batch: Batch,
  questionMask: 'ones' | 'keep',
  config: BlipConfig,
): [string, Tensor][] {
  const rows = prefixes.length;
  const length = 1 + prefixes[0]!.tokens.length;
  const { questionLength } = batch;
  const ids = prefixes.flatMap(({ tokens }) => [config.text.bosTokenId, ...tokens]);
  // BLIP and MISS let answers look at the padding of questions when they generate, though not in training.
  const seen = prefixes.flatMap(({ row }) =>
    questionMask === 'ones'
      ? Array<number>(questionLength).fill(1)
      : [...batch.attentionMask.subarray(row * questionLength, (row + 1) * questionLength)],
  );
  return [
    ...tokenFeeds('answer', ids, rows, length, config),
    ['answer.mask', causalMask(undefined, rows, length)],
    ['questions.rows', int64(prefixes.map(({ row }) => row))],
    ['questions.shape', int64([batch.ids.length, questionLength, ...heads(config)])],
    ['questions.mask', paddingMask(seen, rows, questionLength)],
    ...headFeeds(
      prefixes.map((_, row) => (row + 1) * length - 1),
      rows * length,
      config,
    ),
  ];
}
