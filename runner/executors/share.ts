/** How runs share a machine: never more at once than fit into its memory as planned, each with its part of the cores. */
import { peakMemory } from '../plan/peak';
import type { PlannedRun } from '../plan/types';

export interface Machine {
  cores: number;
  /** Bytes that all runs together may take. */
  memory: number;
}

/** What of the machine's memory runs may take together: the rest is the system's and what else goes on. */
export const memoryShare = 0.9;

/**
 * How many may go on at once: as asked, or with `auto` one a core.
 * @returns at least 1
 */
export function atOnce(asked: number | 'auto', runs: readonly PlannedRun[], { cores }: Machine): number {
  return Math.max(1, Math.min(asked === 'auto' ? cores : asked, runs.length));
}

/**
 * Takes the first waiting run that fits beside those that go on, out of `waiting`. A run whose need is not known before it is tried goes on alone, and so does one that
 * fits beside no other; alone, it is the run's own check that refuses it (MP4014).
 */
export function takeNext(
  waiting: PlannedRun[],
  going: readonly PlannedRun[],
  most: number,
  { memory }: Machine,
): PlannedRun | undefined {
  if (going.length >= most) return undefined;
  const taken = going.map(peakMemory);
  const at = waiting.findIndex((run) => {
    if (going.length === 0) return true;
    const need = peakMemory(run);
    const all = [...taken, need];
    return all.every((bytes) => bytes !== undefined) && all.reduce((sum, bytes) => sum + bytes!, 0) <= memory;
  });
  return at < 0 ? undefined : waiting.splice(at, 1)[0];
}

/**
 * The run with its part of the machine, where several may go on at once: threads, and as memory what was planned, since what is free when it starts is also the others'.
 * The spec's own words come first.
 */
export function shared(run: PlannedRun, most: number, { cores, memory: all }: Machine): PlannedRun {
  if (most === 1) return run;
  const memory = run.runtime.memory === 'auto' ? (peakMemory(run, all) ?? 'auto') : run.runtime.memory;
  return { ...run, runtime: { threads: Math.max(1, Math.floor(cores / most)), ...run.runtime, memory } };
}
