import type { Value } from '../graph';
import * as p from '../primitives';
import type { Tape } from '../tape';

/** y = tanh x, any shape; dx = dy · (1 - y²). Source: torch.tanh. */
export function tanh(tape: Tape, x: Value): Value {
  const g = tape.graph;
  const y = g.recomputed(() => p.tanh(g, x));
  return tape.record([x], y, (dy) => [p.mul(g, dy, p.sub(g, p.scalar(g, 1), p.mul(g, y, y)))]);
}
