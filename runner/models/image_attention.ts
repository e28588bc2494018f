/** Self-attention of an image encoder, in groups of heads whose scores stay in the processor's caches. */
import type { Value } from '../programs/graph';
import { attention } from '../programs/ops/attention';
import { joinColumns, mergeHeads, splitHeads } from '../programs/ops/heads';
import type { Tape } from '../programs/tape';

export interface ImageHeads {
  tokens: number;
  heads: number;
  /** Of one head. */
  width: number;
}

/** Bytes of the scores of one group: the passes of softmax and its gradient over more than a cache holds take four times as long a byte. */
const most = 6 * 2 ** 20;

/** In how many groups the heads are computed, one after the other; each head by itself where even one exceeds the cache. */
export function headGroups({ tokens, heads }: Pick<ImageHeads, 'tokens' | 'heads'>): number {
  const each = tokens ** 2 * Float32Array.BYTES_PER_ELEMENT;
  for (let groups = 1; groups < heads; groups++)
    if (heads % groups === 0 && (heads / groups) * each <= most) return groups;
  return heads;
}

/** q, k and v [N, D], each as `headGroups` columns of the same width -> [N, D]: each token looks at all of its image. */
export function imageAttention(
  tape: Tape,
  [queries, keys, values]: readonly (readonly Value[])[],
  { tokens, heads, width }: ImageHeads,
): Value {
  const groups = queries!.length;
  const shape = [-1, tokens, heads / groups, width];
  const byHead = (columns: Value) => splitHeads(tape, columns, shape, ['U', tokens, heads / groups, width]);
  const contexts = queries!.map((_, i) => {
    const context = attention(tape, byHead(queries![i]!), byHead(keys![i]!), byHead(values![i]!));
    return mergeHeads(tape, context, 'N', shape);
  });
  return joinColumns(tape, contexts);
}
