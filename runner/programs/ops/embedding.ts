import type { Value } from '../graph';
import { equal, gather, mul, not, reshape, scalar, scatterAdd, toFloat, zeros } from '../primitives';
import type { Tape } from '../tape';

/**
 * y[n] = W[ids[n]].  W [V, D], ids int64 [N] -> [N, D].
 * @param paddingIndex the row that gets no gradient.
 *
 * dW is zero but for the sum, in each row, of the dy that read it. Source: torch.nn.Embedding (padding_idx).
 */
export function embedding(tape: Tape, weight: Value, ids: Value, paddingIndex?: number): Value {
  const g = tape.graph;
  const y = g.recomputed(() => gather(g, weight, ids));
  return tape.record([weight], y, (dy) => {
    const shape = weight.shape as readonly number[];
    return [scatterAdd(g, zeros(g, shape, shape), ids, paddingIndex === undefined ? dy : masked(dy, paddingIndex))];
  });

  function masked(dy: Value, padding: number): Value {
    const kept = toFloat(g, not(g, equal(g, ids, scalar(g, padding, 'int64'))));
    return mul(g, dy, reshape(g, kept, [-1, 1], [ids.shape[0]!, 1]));
  }
}
