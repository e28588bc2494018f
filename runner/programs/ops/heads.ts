import type { Value } from '../graph';
import { concat, integers, reshape, shapeOf, split } from '../primitives';
import type { Tape } from '../tape';
import type { Dimension } from '../types';

/**
 * Rows of one width seen as heads: [B·S, H·dh] -> [B, S, H, dh].
 * @param to the new shape, fixed (-1 for B) or an int64 input; `names` are its sizes.
 */
export function splitHeads(tape: Tape, x: Value, to: readonly number[] | Value, names: readonly Dimension[]): Value {
  const g = tape.graph;
  const y = g.recomputed(() => reshape(g, x, to, names));
  const width = x.shape[1] as number;
  return tape.record([x], y, (dy) => [reshape(g, dy, [-1, width], x.shape)]);
}

/** Heads back to rows: [B, S, H, dh] -> [B·S, H·dh]; `rows` names B·S, `like` is the int64 shape given to splitHeads. */
export function mergeHeads(tape: Tape, x: Value, rows: Dimension, like: readonly number[] | Value): Value {
  const g = tape.graph;
  const width = (x.shape[2] as number) * (x.shape[3] as number);
  const y = g.recomputed(() => reshape(g, x, [-1, width], [rows, width]));
  return tape.record([x], y, (dy) => [reshape(g, dy, like, x.shape)]);
}

/** Rows of several texts seen as texts: [B·S, D] -> [B, S, D], `to` int64 [B, S, D]. */
export function splitRows(tape: Tape, x: Value, to: Value): Value {
  const g = tape.graph;
  const [rows, width] = x.shape as [Dimension, number];
  const y = g.recomputed(() => reshape(g, x, to, ['B', 'S', width]));
  return tape.record([x], y, (dy) => [reshape(g, dy, [-1, width], [rows, width])]);
}

/** Texts of equal length back to rows: [B, S, D] -> [B·S, D]. */
export function mergeRows(tape: Tape, x: Value): Value {
  const g = tape.graph;
  const [batch, length, width] = x.shape as [Dimension, Dimension, number];
  const y = g.recomputed(() => reshape(g, x, [-1, width], [`${batch}·(${length})`, width]));
  return tape.record([x], y, (dy) => {
    // Only one of the two sizes can be told from the other.
    const shape = concat(g, [shapeOf(g, x, 0, 2), integers(g, [width])]);
    return [reshape(g, dy, shape, x.shape)];
  });
}

/** Another division of the same rows, such as [C·G, S, H, dh] -> [C, G·S, H, dh]; `to` and `like` are the int64 shapes after and before. */
export function regroup(tape: Tape, x: Value, to: Value, names: readonly Dimension[], like: Value): Value {
  const g = tape.graph;
  const y = g.recomputed(() => reshape(g, x, to, names));
  return tape.record([x], y, (dy) => [reshape(g, dy, like, x.shape)]);
}

/** Equal parts of the columns, as a fused projection gives them: [N, n·D] -> n times [N, D]; the gradient joins them. */
export function splitColumns(tape: Tape, x: Value, parts: number): Value[] {
  if (parts === 1) return [x];
  const g = tape.graph;
  const values = g.recomputed(() => split(g, x, parts));
  tape.recordMany([x], values, (dValues) => {
    if (dValues.includes(undefined)) throw new Error('a part of the split is not used');
    return [concat(g, dValues as Value[])];
  });
  return values;
}

/** Columns of several values beside each other: n times [N, D] -> [N, n·D]; each gets its part of the gradient. */
export function joinColumns(tape: Tape, parts: Value[]): Value {
  if (parts.length === 1) return parts[0]!;
  const g = tape.graph;
  const y = g.recomputed(() => concat(g, parts));
  return tape.record(parts, y, (dy) => split(g, dy, parts.length));
}
