import type { Value } from '../graph';
import { mul } from '../primitives';
import type { Tape } from '../tape';
import { silu } from './swish';

/** y = a · b elementwise, equal shapes; da = dy · b, db = dy · a. */
export function product(tape: Tape, a: Value, b: Value): Value {
  const g = tape.graph;
  const y = g.recomputed(() => mul(g, a, b));
  return tape.record([a, b], y, (dy, [wantA, wantB]) => [
    wantA ? mul(g, dy, b) : undefined,
    wantB ? mul(g, dy, a) : undefined,
  ]);
}

/** silu(gate) · up, the inner part of SwiGLU. Source: Shazeer 2020, arXiv 2002.05202, equation 6; transformers LlamaMLP. */
export function swiglu(tape: Tape, gate: Value, up: Value): Value {
  return product(tape, silu(tape, gate), up);
}
