import type { Value } from '../graph';
import { gather } from '../primitives';
import type { Tape } from '../tape';
import { gatherRows } from './gather_rows';

/** How rows without padding stand in a square [B·S]. */
export interface PackedRows {
  /** int64 [N]: the place of each row. */
  packed: Value;
  /** int64 [P]: the row at each place; at padding any row. P = B·S. */
  spread: Value;
  /** int64 [2]: P and D. */
  square: Value;
}

/** Rows without padding -> the square: x [N, D] -> [P, D]. What stands at padding must have no part in the loss, so that dx is dy at the rows' places alone. */
export function spreadRows(tape: Tape, x: Value, { packed, spread }: Omit<PackedRows, 'square'>): Value {
  const g = tape.graph;
  const y = g.recomputed(() => gather(g, x, spread));
  return tape.record([x], y, (dy) => [gather(g, dy, packed)]);
}

/** The square -> rows without padding: x [P, D] -> [N, D]; dx is zero at padding. */
export function packRows(tape: Tape, x: Value, { packed, square }: PackedRows): Value {
  return gatherRows(tape, x, packed, square);
}
