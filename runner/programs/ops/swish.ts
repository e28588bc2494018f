import type { Value } from '../graph';
import { add, mul, scalar, sigmoid, sub } from '../primitives';
import type { Tape } from '../tape';

/**
 * y = x · s, s = sigmoid(beta · x); any shape.
 *
 * dx = dy · s · (1 + beta · x · (1 - s)). Backward keeps x. Source: Ramachandran et al. 2017, arXiv 1710.05941, equation 1.
 */
function swish(tape: Tape, x: Value, beta: number): Value {
  const g = tape.graph;
  const scaled = (value: Value) => (beta === 1 ? value : mul(g, value, scalar(g, beta)));
  const { gate, y } = g.recomputed(() => {
    const gate = sigmoid(g, scaled(x));
    return { gate, y: mul(g, x, gate) };
  });
  return tape.record([x], y, (dy) => {
    const one = scalar(g, 1);
    const slope = mul(g, gate, add(g, one, mul(g, scaled(x), sub(g, one, gate))));
    return [mul(g, dy, slope)];
  });
}

/** x · sigmoid(x). Source: torch.nn.SiLU. */
export const silu = (tape: Tape, x: Value) => swish(tape, x, 1);

/** x · sigmoid(1.702 x), CLIP's approximation of GELU. Source: Hendrycks and Gimpel 2016, section 2; transformers QuickGELUActivation. */
export const geluQuick = (tape: Tape, x: Value) => swish(tape, x, 1.702);
