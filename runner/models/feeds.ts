/** Feeds that the programs of several families take. */
import type { Tensor } from '../backends';
import type { Batch } from '../data/types';
import type { VirtualTokens } from './adaptations';

/** Added to the score of a key that may not be looked at: exp of it is 0. As in transformers' BlipTextModel.get_extended_attention_mask. */
export const masked = -10000;

export function int64(values: ArrayLike<number>, shape: readonly number[] = [values.length]): Tensor {
  return { data: BigInt64Array.from({ length: values.length }, (_, i) => BigInt(values[i]!)), shape };
}

/**
 * Positions with a target: logits at i meet the label at i + 1. Rows are counted over [rows · (n + length)], with n inputs put in front of each text; with any, the
 * text's first token is a target, too: the last of them foretells it (as Hugging Face peft has it, which pads the labels by n).
 */
export function targetsOf(
  { labels, answerLength }: Batch,
  { inputs }: VirtualTokens,
): { rows: number[]; labels: number[] } {
  const targets = { rows: [] as number[], labels: [] as number[] };
  for (const [i, label] of labels.entries()) {
    const position = inputs + (i % answerLength);
    if (position === 0 || label === -100) continue;
    targets.rows.push(Math.floor(i / answerLength) * (inputs + answerLength) + position - 1);
    targets.labels.push(label);
  }
  return targets;
}

/** What an LM head is fed: which rows it computes, of how many of which width. */
export function headFeeds(rows: readonly number[], total: number, width: number): [string, Tensor][] {
  return [
    ['head.rows', int64(rows)],
    ['head.x_shape', int64([total, width])],
  ];
}

/** What a loss is fed beside the head. */
export function lossFeeds(labels: readonly number[], normalizer: number): [string, Tensor][] {
  return [
    ['head.labels', int64(labels)],
    ['head.normalizer', { data: Float32Array.of(normalizer), shape: [] }],
  ];
}
