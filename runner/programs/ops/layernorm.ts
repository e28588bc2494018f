import type { Value } from '../graph';
import { layerNormalization, mul, reduceMean, reduceSum, sub } from '../primitives';
import type { Tape } from '../tape';

/**
 * y = (x - mean) · inv · gain + bias, inv = 1 / sqrt(variance + eps), mean and (biased) variance over the last axis.
 * x [N, D], gain and bias [D] -> [N, D].
 *
 * With xhat = (x - mean) · inv and dxhat = dy · gain: dx = inv · (dxhat - mean(dxhat) - xhat · mean(dxhat · xhat)); dgain = sum of dy · xhat over rows;
 * dbias = sum of dy over rows. Backward normalises x again instead of keeping the result. Source: Ba et al. 2016, arXiv 1607.06450; torch.nn.LayerNorm.
 */
export function layerNorm(tape: Tape, x: Value, gain: Value, bias: Value, eps: number): Value {
  const g = tape.graph;
  const { centred, y } = g.recomputed(() => {
    // float32 holds the mean of values far from zero to fewer digits than their differences need: what is left of it after one subtraction is small.
    const centred = sub(g, x, reduceMean(g, x, [-1], true));
    return { centred, y: layerNormalization(g, centred, gain, bias, eps)[0] };
  });
  return tape.record([x, gain, bias], y, (dy, [wantX, wantGain, wantBias]) => {
    const width = gain.shape as readonly number[];
    const constant = (value: number) => g.constant(Array<number>(width[0]!).fill(value), width);
    const [normalised, , inverse] =
      wantX || wantGain ? layerNormalization(g, centred, constant(1), constant(0), eps) : [];
    return [
      wantX ? gradientOfInput(mul(g, dy, gain), normalised!, inverse!) : undefined,
      wantGain ? reduceSum(g, mul(g, dy, normalised!), [0]) : undefined,
      wantBias ? reduceSum(g, dy, [0]) : undefined,
    ];
  });

  function gradientOfInput(dNormalised: Value, normalised: Value, inverse: Value): Value {
    const along = mul(g, normalised, reduceMean(g, mul(g, dNormalised, normalised), [-1], true));
    return mul(g, inverse, sub(g, sub(g, dNormalised, reduceMean(g, dNormalised, [-1], true)), along));
  }
}
