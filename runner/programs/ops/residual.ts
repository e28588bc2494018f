import type { Value } from '../graph';
import { add, mul, scalar } from '../primitives';
import type { Tape } from '../tape';

/** y = a + b of equal shapes; both gradients are dy. */
export function residual(tape: Tape, a: Value, b: Value): Value {
  return tape.record([a, b], add(tape.graph, a, b), (dy) => [dy, dy]);
}

/** y = factor · x for a fixed number; dx = factor · dy. */
export function scale(tape: Tape, x: Value, factor: number): Value {
  const g = tape.graph;
  const by = (value: Value) => mul(g, value, scalar(g, factor));
  return tape.record(
    [x],
    g.recomputed(() => by(x)),
    (dy) => [by(dy)],
  );
}
