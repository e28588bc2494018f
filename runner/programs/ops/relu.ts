import type { Value } from '../graph';
import { greater, mul, scalar, toFloat } from '../primitives';
import type { Tape } from '../tape';

/** y = x where x > 0, else 0; any shape. dx = dy where x > 0, else 0. Source: torch.relu. */
export function relu(tape: Tape, x: Value): Value {
  const g = tape.graph;
  const kept = () => toFloat(g, greater(g, x, scalar(g, 0)));
  const y = g.recomputed(() => mul(g, x, kept()));
  return tape.record([x], y, (dy) => [mul(g, dy, kept())]);
}
