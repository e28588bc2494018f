import type { Value } from '../graph';
import * as p from '../primitives';
import type { Tape } from '../tape';

/**
 * y = x · Φ(x), Φ(x) = (1 + erf(x / sqrt 2)) / 2; any shape.
 *
 * dx = dy · (Φ(x) + x · φ(x)), φ(x) = exp(-x² / 2) / sqrt(2π). Backward keeps x, not y. Source: Hendrycks and Gimpel 2016, arXiv 1606.08415;
 * torch.nn.GELU(approximate="none").
 */
export function gelu(tape: Tape, x: Value): Value {
  const g = tape.graph;
  const y = g.recomputed(() => p.gelu(g, x));
  return tape.record([x], y, (dy) => {
    const error = p.erf(g, p.mul(g, x, p.scalar(g, Math.SQRT1_2)));
    const distribution = p.mul(g, p.add(g, error, p.scalar(g, 1)), p.scalar(g, 0.5));
    const density = p.exp(g, p.mul(g, p.mul(g, x, x), p.scalar(g, -0.5)));
    const slope = p.add(g, distribution, p.mul(g, p.mul(g, x, density), p.scalar(g, 1 / Math.sqrt(2 * Math.PI))));
    return [p.mul(g, dy, slope)];
  });
}
