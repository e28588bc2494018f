/** How much memory a run may take, and what follows for what a step keeps. */
import os from 'node:os';
import { MedpeftError } from '../errors';
import { bytes } from '../text';
import type { PlannedRun } from './types';

/** Memory of the machine, or of the container that this process is in; all of it, and what is free of it. */
export interface MachineMemory {
  total: number;
  free: number;
}

export function machineMemory(): MachineMemory {
  // 0 or more than the machine has where there is no limit
  const limit = process.constrainedMemory() || Number.POSITIVE_INFINITY;
  const total = Math.min(os.totalmem(), limit);
  return { total, free: Math.min(os.freemem(), total) };
}

/** How a run spends its memory. */
export interface Budget {
  /** Bytes that a step may keep for backward; what does not fit is computed again. */
  keptBytes: number;
  /** Bytes of frozen weights that stay in memory, the rest being read whenever it is used; all if absent. */
  residentBytes?: number;
}

/**
 * Keeps all where the run then stays within `runtime.memory`, or within what is free. Where it does not, it computes again what backward needs; where that is not enough either,
 * frozen weights are read block by block, and what memory is left is spent on what backward needs before it is spent on weights: to compute takes longer than to
 * read. The results are the same to the bit.
 * @throws MP4014 if the run does not fit even so
 */
export function budgetOf(
  { memory, runtime }: Pick<PlannedRun, 'memory' | 'runtime'>,
  machine = machineMemory(),
): Budget {
  if (!memory) return { keptBytes: Number.POSITIVE_INFINITY };
  const most = runtime.memory === 'auto' ? machine.total : Math.min(runtime.memory, machine.total);
  if (memory.leastBytes > most)
    throw new MedpeftError(
      'MP4014',
      `the run would take about ${bytes(memory.leastBytes)} of memory at least, ${runtime.memory === 'auto' ? `and there are ${bytes(most)}` : `and runtime.memory allows ${bytes(most)}`}`,
      'lower batch_size (and raise gradient_accumulation_steps) or image_size, tune less, or allow more',
    );
  const allowed = runtime.memory === 'auto' ? machine.free : most;
  if (memory.bytes <= allowed) return { keptBytes: Number.POSITIVE_INFINITY };
  if (memory.recomputedBytes <= allowed)
    return { keptBytes: Math.max(0, allowed - (memory.bytes - memory.savedBytes)) };
  const left = Math.max(0, allowed - memory.leastBytes);
  const keptBytes = Math.min(left, memory.savedBytes);
  return { keptBytes, residentBytes: left - keptBytes };
}
