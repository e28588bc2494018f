import type { Value } from '../graph';
import type { Tape } from '../tape';
import { linear } from './linear';
import { residual, scale } from './residual';

/**
 * y = base + s · (x Aᵀ) Bᵀ.  base [N, out] is the linear layer's own result, x [N, in], A [r, in], B [out, r] -> [N, out].
 *
 * Its gradients are those of the parts. Source: Hu et al. 2021, arXiv 2106.09685, section 4.1.
 */
export function lora(tape: Tape, base: Value, x: Value, a: Value, b: Value, factor: number): Value {
  return residual(tape, base, scale(tape, linear(tape, linear(tape, x, a), b), factor));
}
