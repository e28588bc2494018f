import type { Value } from '../graph';
import { add, matmul, mul, reduceSum, scalar, softmax, sub, transpose } from '../primitives';
import type { Tape } from '../tape';

/**
 * y = softmax(q kᵀ / sqrt dh + mask) v for each head. q [B, S, H, dh], k and v [B, K, H, dh] -> [B, S, H, dh].
 * @param mask added to the scores, broadcast against [B, H, S, K]: 0 where a query may look, a large negative number where not; a constant.
 *
 * With P the probabilities: dv = Pᵀ dy; dP = dy vᵀ; dscores = P · (dP - sum over keys of dP · P); dq = dscores k / sqrt dh; dk = dscoresᵀ q / sqrt dh.
 * Backward keeps q, k, v and computes P again. Source: Vaswani et al. 2017, arXiv 1706.03762, equation 1.
 */
export function attention(tape: Tape, q: Value, k: Value, v: Value, mask?: Value): Value {
  const g = tape.graph;
  const factor = () => scalar(g, 1 / Math.sqrt(q.shape[3] as number));
  const byHead = (x: Value) => transpose(g, x, [0, 2, 1, 3]); // [B, S, H, dh] <-> [B, H, S, dh]
  const turned = (x: Value) => transpose(g, x, [0, 1, 3, 2]);
  const { queries, keys, values, probabilities, y } = g.recomputed(() => {
    const queries = mul(g, byHead(q), factor());
    const keys = byHead(k);
    const values = byHead(v);
    const scores = matmul(g, queries, turned(keys)); // [B, H, S, K]
    const probabilities = softmax(g, mask ? add(g, scores, mask) : scores);
    return { queries, keys, values, probabilities, y: byHead(matmul(g, probabilities, values)) };
  });
  return tape.record([q, k, v], y, (dy, [wantQ, wantK, wantV]) => {
    const d = byHead(dy);
    const dValues = wantV ? byHead(matmul(g, turned(probabilities), d)) : undefined;
    if (!wantQ && !wantK) return [undefined, undefined, dValues];
    const dP = matmul(g, d, turned(values));
    const inner = reduceSum(g, mul(g, dP, probabilities), [-1], true);
    const dScores = mul(g, probabilities, sub(g, dP, inner));
    return [
      wantQ ? byHead(mul(g, matmul(g, dScores, keys), factor())) : undefined,
      wantK ? byHead(matmul(g, turned(dScores), queries)) : undefined,
      dValues,
    ];
  });
}
