import type { Value } from '../graph';
import * as p from '../primitives';
import type { Tape } from '../tape';

const slopeAtZero = Math.sqrt(2 / Math.PI);
const cubic = 0.044715;

/**
 * y = x · (1 + t) / 2, t = tanh(c · (x + 0.044715 x³)), c = sqrt(2 / pi); any shape.
 *
 * dx = dy · ((1 + t) / 2 + x · (1 - t²) · c · (1 + 3 · 0.044715 x²) / 2). Backward keeps x.
 * Source: Hendrycks and Gimpel 2016, arXiv 1606.08415, section 2; torch.nn.GELU(approximate="tanh").
 */
export function geluTanh(tape: Tape, x: Value): Value {
  const g = tape.graph;
  const times = (value: Value, factor: number) => p.mul(g, value, p.scalar(g, factor));
  const plus = (value: Value, number: number) => p.add(g, value, p.scalar(g, number));
  const { square, bend, y } = g.recomputed(() => {
    const square = p.mul(g, x, x);
    const bend = p.tanh(g, p.mul(g, times(x, slopeAtZero), plus(times(square, cubic), 1)));
    return { square, bend, y: p.mul(g, times(x, 0.5), plus(bend, 1)) };
  });
  return tape.record([x], y, (dy) => {
    const slope = times(plus(times(square, 3 * cubic), 1), slopeAtZero);
    const rise = p.mul(g, p.sub(g, p.scalar(g, 1), p.mul(g, bend, bend)), slope);
    return [p.mul(g, times(dy, 0.5), p.add(g, plus(bend, 1), p.mul(g, x, rise)))];
  });
}
