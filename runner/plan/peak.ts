/** What a run will take at most. */
import type { PlannedRun } from './types';

/**
 * Bytes under the run's `runtime.memory`; undefined where that is not known before it is tried.
 * @param free what `auto` stands for; as much as the run could use if absent
 */
export function peakMemory(
  { memory, runtime }: Pick<PlannedRun, 'memory' | 'runtime'>,
  free = Number.POSITIVE_INFINITY,
): number | undefined {
  if (!memory) return undefined;
  const allowed = runtime.memory === 'auto' ? free : runtime.memory;
  return Math.round(Math.min(memory.bytes, Math.max(allowed, memory.leastBytes)));
}
