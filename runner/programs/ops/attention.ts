import type { Value } from '../graph';
import { add, matmul, mul, reduceSum, reshape, scalar, softmax, sub, transpose } from '../primitives';
import type { Tape } from '../tape';

/**
 * y = softmax(q kᵀ / sqrt dh + mask) v for each head. q [B, S, H, dh], k and v [B, K, G, dh] -> [B, S, H, dh]. With fewer heads of keys than of queries,
 * H = n · G, each serves n queries' heads in a row (grouped-query attention): these are stacked to n · S queries, so nothing is repeated.
 * @param dropped a mask of dropout [B, H, S, K] that the probabilities are multiplied by before they meet the values.
 * @param mask added to the scores, broadcast against [B, H, S, K]: 0 where a query may look, a large negative number where not; a constant.
 *
 * With P the probabilities: dv = Pᵀ dy; dP = dy vᵀ; dscores = P · (dP - sum over keys of dP · P); dq = dscores k / sqrt dh; dk = dscoresᵀ q / sqrt dh.
 * Backward keeps q, k, v and computes P again. Sources: Vaswani et al. 2017, arXiv 1706.03762, equation 1; Ainslie et al. 2023, arXiv 2305.13245.
 */
export function attention(tape: Tape, q: Value, k: Value, v: Value, mask?: Value, dropped?: Value): Value {
  const g = tape.graph;
  const [batch, queryCount, heads, width] = q.shape;
  const [, keyCount, groups] = k.shape;
  const ratio = (heads as number) / (groups as number);
  if (!Number.isInteger(ratio)) throw new Error(`${heads} heads of queries cannot share ${groups} heads of keys`);
  const stackedCount = `${ratio}·${queryCount}`;
  // A size of 0 keeps the one that stands there.
  const stack = (x: Value) =>
    ratio === 1
      ? x
      : reshape(g, x, [0, groups as number, -1, width as number], [batch!, groups!, stackedCount, width!]);
  const unstack = (x: Value) =>
    ratio === 1 ? x : reshape(g, x, [0, heads as number, -1, width as number], [batch!, heads!, queryCount!, width!]);
  const stackScores = (x: Value) =>
    ratio === 1 ? x : reshape(g, x, [0, groups as number, -1, 0], [batch!, groups!, stackedCount, keyCount!]);
  const unstackScores = (x: Value) =>
    ratio === 1 ? x : reshape(g, x, [0, heads as number, -1, 0], [batch!, heads!, queryCount!, keyCount!]);
  const factor = () => scalar(g, 1 / Math.sqrt(width as number));
  const byHead = (x: Value) => transpose(g, x, [0, 2, 1, 3]); // [B, S, H, dh] <-> [B, H, S, dh]
  const turned = (x: Value) => transpose(g, x, [0, 1, 3, 2]);
  const { queries, keys, values, probabilities, kept, used, y } = g.recomputed(() => {
    const queries = stack(mul(g, byHead(q), factor())); // [B, G, n·S, dh]
    const keys = byHead(k);
    const values = byHead(v);
    const scores = unstackScores(matmul(g, queries, turned(keys))); // [B, H, S, K]
    const probabilities = stackScores(softmax(g, mask ? add(g, scores, mask) : scores)); // [B, G, n·S, K]
    const kept = dropped && stackScores(dropped);
    const used = kept ? mul(g, probabilities, kept) : probabilities;
    return { queries, keys, values, probabilities, kept, used, y: byHead(unstack(matmul(g, used, values))) };
  });
  return tape.record([q, k, v], y, (dy, [wantQ, wantK, wantV]) => {
    const d = stack(byHead(dy));
    const dValues = wantV ? byHead(matmul(g, turned(used), d)) : undefined;
    if (!wantQ && !wantK) return [undefined, undefined, dValues];
    const dUsed = matmul(g, d, turned(values));
    const dP = kept ? mul(g, dUsed, kept) : dUsed;
    const inner = reduceSum(g, mul(g, dP, probabilities), [-1], true);
    const dScores = mul(g, probabilities, sub(g, dP, inner));
    return [
      wantQ ? byHead(unstack(mul(g, matmul(g, dScores, keys), factor()))) : undefined,
      wantK ? byHead(matmul(g, turned(dScores), queries)) : undefined,
      dValues,
    ];
  });
}
