import type { Value } from '../graph';
import { concat, gather } from '../primitives';
import type { Tape } from '../tape';
import type { Dimension } from '../types';

/**
 * What was kept of earlier tokens, in the order of those who go on, and the new ones behind it: past [Q, L, …], parents int64 [B], now [B, S, …] ->
 * [B, L + S, …]. For generation: it has no gradient.
 * @param length name of L + S
 */
export function extendCache({ graph }: Tape, past: Value, parents: Value, now: Value, length: Dimension): Value {
  return concat(graph, [gather(graph, past, parents), now], 1, length);
}
