/** What a run will take at most. */
import type { PlannedRun } from './types';

/** Bytes under the run's `runtime.memory`; undefined where that is not known before it is tried. */
export function peakMemory({ memory, runtime }: Pick<PlannedRun, 'memory' | 'runtime'>): number | undefined {
  if (!memory) return undefined;
  const allowed = runtime.memory === 'auto' ? memory.bytes : Math.max(runtime.memory, memory.leastBytes);
  return Math.round(Math.min(memory.bytes, allowed));
}
