import type { Value } from '../graph';
import { gather, scatterAdd, zeros } from '../primitives';
import type { Tape } from '../tape';

/**
 * y[n] = x[index[n]], whole entries of the first axis: one image for several questions. x [U, …], index int64 [B] -> [B, …].
 * @param shape that of x, fixed or an int64 input: the gradient starts from zeros of this shape.
 *
 * dx[u] = sum of the dy that read u. Source: torch.index_select.
 */
export function gatherRows(tape: Tape, x: Value, index: Value, shape: readonly number[] | Value): Value {
  const g = tape.graph;
  const y = g.recomputed(() => gather(g, x, index));
  return tape.record([x], y, (dy) => [scatterAdd(g, zeros(g, shape, x.shape), index, dy)]);
}
