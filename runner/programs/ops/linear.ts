import type { Value } from '../graph';
import { gemm, reduceSum } from '../primitives';
import type { Tape } from '../tape';

/**
 * y = x Wᵀ + b.  x [N, in], W [out, in], b [out] or none -> [N, out].
 *
 * dx = dy W; dW = dyᵀ x; db = sum of dy over rows. W keeps PyTorch's layout in both directions: nothing is transposed in memory.
 * Source: torch.nn.Linear.
 */
export function linear(tape: Tape, x: Value, weight: Value, bias?: Value): Value {
  const g = tape.graph;
  const y = gemm(g, x, weight, { transB: true, bias });
  return tape.record(bias ? [x, weight, bias] : [x, weight], y, (dy, [wantX, wantWeight, wantBias]) => [
    wantX ? gemm(g, dy, weight) : undefined,
    wantWeight ? gemm(g, dy, x, { transA: true }) : undefined,
    wantBias ? reduceSum(g, dy, [0]) : undefined,
  ]);
}
