import type { Value } from '../graph';
import { gather, mul, scatterAdd } from '../primitives';
import type { Tape } from '../tape';

/**
 * y = x with the rows `places` replaced by `rows`. x [N, D], kept [N, 1] (0 at these places, 1 elsewhere), places int64 [M], rows [M, D] -> [N, D].
 *
 * dx = dy · kept; drows = dy at the places. Source: transformers LlavaModel, `inputs_embeds.masked_scatter`.
 */
export function placeRows(tape: Tape, x: Value, kept: Value, places: Value, rows: Value): Value {
  const g = tape.graph;
  const y = g.recomputed(() => scatterAdd(g, mul(g, x, kept), places, rows));
  return tape.record([x, rows], y, (dy, [wantX, wantRows]) => [
    wantX ? mul(g, dy, kept) : undefined,
    wantRows ? gather(g, dy, places) : undefined,
  ]);
}
