import type { Value } from '../graph';
import { add, div, mul, reduceMean, reduceSum, scalar, sqrt, sub } from '../primitives';
import type { Tape } from '../tape';

/**
 * y = x · inv · gain, inv = 1 / sqrt(mean of x² + eps) over the last axis. x [N, D], gain [D] -> [N, D].
 *
 * With xhat = x · inv and dxhat = dy · gain: dx = inv · (dxhat - xhat · mean(dxhat · xhat)); dgain = sum of dy · xhat over rows. Backward normalises x
 * again instead of keeping the result. Source: Zhang and Sennrich 2019, arXiv 1910.07467; transformers LlamaRMSNorm.
 */
export function rmsNorm(tape: Tape, x: Value, gain: Value, eps: number): Value {
  const g = tape.graph;
  const { inverse, normalised, y } = g.recomputed(() => {
    const power = add(g, reduceMean(g, mul(g, x, x), [-1], true), scalar(g, eps));
    const inverse = div(g, scalar(g, 1), sqrt(g, power));
    const normalised = mul(g, x, inverse);
    return { inverse, normalised, y: mul(g, normalised, gain) };
  });
  return tape.record([x, gain], y, (dy, [wantX, wantGain]) => [
    wantX ? gradientOfInput(mul(g, dy, gain)) : undefined,
    wantGain ? reduceSum(g, mul(g, dy, normalised), [0]) : undefined,
  ]);

  function gradientOfInput(dNormalised: Value): Value {
    const along = mul(g, normalised, reduceMean(g, mul(g, dNormalised, normalised), [-1], true));
    return mul(g, inverse, sub(g, dNormalised, along));
  }
}
