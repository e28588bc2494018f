import type { Value } from '../graph';
import { concat, expand, integers, reduceSum, reshape, shapeOf, sliceTo } from '../primitives';
import type { Tape } from '../tape';

/**
 * y[b] = first, then x[b]: the same n entries in front of every batch entry. first [n, …], x [B, S, …] -> [B, n + S, …], sizes after the second fixed.
 *
 * dfirst = sum over b of the first n entries of dy[b]; dx = the others. Source: torch.cat((first.expand(B, …), x), dim=1).
 */
export function prepend(tape: Tape, first: Value, x: Value): Value {
  const g = tape.graph;
  const [batch, length, ...rest] = x.shape;
  const [n] = first.shape as number[];
  const total = `${n}+${length}`;
  const own = [n!, ...(rest as number[])];
  const y = g.recomputed(() => {
    const shape = concat(g, [shapeOf(g, x, 0, 1), integers(g, own)]);
    const copies = expand(g, reshape(g, first, [1, ...own], [1, ...own]), shape, [batch!, ...own]);
    return concat(g, [copies, x], 1, total);
  });
  return tape.record([first, x], y, (dy, [wantFirst, wantX]) => [
    wantFirst ? reduceSum(g, sliceTo(g, dy, 1, 0, n!, n!), [0]) : undefined,
    wantX ? sliceTo(g, dy, 1, n!, undefined, length!) : undefined,
  ]);
}
