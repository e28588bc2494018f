import type { Value } from '../graph';
import { mul } from '../primitives';
import type { Tape } from '../tape';

/**
 * y = x · m with a mask m of x's shape: 0, or 1 / (1 - rate) where x is kept, so that the mean stays; dx = dy · m.
 * Source: Srivastava et al. 2014, in the inverted form of torch.nn.Dropout.
 */
export function dropout(tape: Tape, x: Value, mask: Value): Value {
  const g = tape.graph;
  const y = g.recomputed(() => mul(g, x, mask));
  return tape.record([x], y, (dy) => [mul(g, dy, mask)]);
}
