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
    // With u = x / sqrt 2 the slope is (1 + erf u + exp(ln(2 / sqrt pi) - u²) u) / 2: as few passes over memory as there can be.
    const u = p.mul(g, x, p.scalar(g, Math.SQRT1_2));
    const bell = p.exp(g, p.sub(g, p.scalar(g, Math.log(2 / Math.sqrt(Math.PI))), p.mul(g, u, u)));
    const twice = p.add(g, p.add(g, p.erf(g, u), p.mul(g, u, bell)), p.scalar(g, 1));
    return [p.mul(g, p.mul(g, dy, p.scalar(g, 0.5)), twice)];
  });
}
