import type { Value } from '../graph';
import { add, mul, reduceSum } from '../primitives';
import type { Tape } from '../tape';

/** y = x · l, column by column. x [N, D], l [D] -> [N, D]; dx = dy · l, dl = sum of dy · x over rows. */
export function rescale(tape: Tape, x: Value, l: Value): Value {
  const g = tape.graph;
  const y = g.recomputed(() => mul(g, x, l));
  return tape.record([x, l], y, (dy, [wantX, wantL]) => [
    wantX ? mul(g, dy, l) : undefined,
    wantL ? reduceSum(g, mul(g, dy, x), [0]) : undefined,
  ]);
}

/** y = x + b, row by row. x [N, D], b [D] -> [N, D]; dx = dy, db = sum of dy over rows. */
export function shift(tape: Tape, x: Value, b: Value): Value {
  const g = tape.graph;
  return tape.record([x, b], add(g, x, b), (dy, [, wantB]) => [dy, wantB ? reduceSum(g, dy, [0]) : undefined]);
}
