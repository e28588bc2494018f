import type { Value } from '../graph';
import { add, div, gemm, mul, reduceSum, scalar, sqrt } from '../primitives';
import type { Tape } from '../tape';
import { linear } from './linear';
import { rescale, shift } from './rescale';
import { residual, scale } from './residual';

/**
 * y = b + (m / ‖W + s · B A‖) · (x Wᵀ + s · (x Aᵀ) Bᵀ), norms of rows. x [N, in], W [out, in], bias b [out] or none, A [r, in], B [out, r], m [out] -> [N, out].
 *
 * The norm is a constant of the backward pass (section 4.3), so gradients are not those of the whole formula: dm = sum over rows of dy · (…) / norm, and the
 * other parts' with the factor held still. Source: Liu et al. 2024, arXiv 2402.09353, equations 5 and 11; Hugging Face peft `lora/dora.py`.
 */
export function dora(
  tape: Tape,
  x: Value,
  { weight, bias, a, b, magnitude }: { weight: Value; bias?: Value; a: Value; b: Value; magnitude: Value },
  factor: number,
): Value {
  const g = tape.graph;
  const updated = add(g, weight, mul(g, gemm(g, b, a), scalar(g, factor)));
  const norm = sqrt(g, reduceSum(g, mul(g, updated, updated), [1]));
  const ratio = tape.record([magnitude], div(g, magnitude, norm), (dy) => [div(g, dy, norm)]);
  const directed = residual(tape, linear(tape, x, weight), scale(tape, linear(tape, linear(tape, x, a), b), factor));
  const y = rescale(tape, directed, ratio);
  return bias ? shift(tape, y, bias) : y;
}
