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

/**
 * Bytes that a step may keep for backward: all of it where the run then stays within `runtime.memory`, or within what is free; less where it does not. The results are the
 * same to the bit.
 * @throws MP4014 if the run does not fit even if nothing is kept
 */
export function keptBytesOf(
  { memory, runtime }: Pick<PlannedRun, 'memory' | 'runtime'>,
  machine = machineMemory(),
): number {
  if (!memory) return Number.POSITIVE_INFINITY;
  const most = runtime.memory === 'auto' ? machine.total : Math.min(runtime.memory, machine.total);
  if (memory.leastBytes > most)
    throw new MedpeftError(
      'MP4014',
      `the run would take about ${bytes(memory.leastBytes)} of memory at least, ${runtime.memory === 'auto' ? `and there are ${bytes(most)}` : `and runtime.memory allows ${bytes(most)}`}`,
      'lower batch_size (and raise gradient_accumulation_steps) or image_size, tune less, or allow more',
    );
  const allowed = runtime.memory === 'auto' ? machine.free : most;
  const beside = memory.bytes - memory.savedBytes;
  return memory.bytes <= allowed ? Number.POSITIVE_INFINITY : Math.max(0, allowed - beside);
}
