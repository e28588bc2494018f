/** Seconds that have passed, on two clocks. */

/** Of all processors, over all threads of this process: other programs lengthen them little. */
export function processorClock(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** On the wall. */
export const wallClock = (): number => performance.now() / 1000;
