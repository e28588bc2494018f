/** What streamed weights take in memory: those of the block that runs, and beside them those of the next one, as they lie in the file. */
import { nameOf, type Step } from './chain';

/** Bytes of a tensor that is streamed. */
export interface StreamedBytes {
  /** As float32. */
  widened: number;
  /** In the file. */
  stored: number;
}

/** The most bytes that streamed weights take at once in a training step. @param bytesOf by name in the network; undefined for what stays in memory */
export function streamWindow(steps: readonly Step[], bytesOf: (name: string) => StreamedBytes | undefined): number {
  const sums = steps
    .map(({ call, programs }) => {
      const names = new Set(programs.parameters.map((path) => nameOf(call, path)));
      const own = [...names].flatMap((name) => bytesOf(name) ?? []);
      const sum = (of: keyof StreamedBytes) => own.reduce((total, bytes) => total + bytes[of], 0);
      return { widened: sum('widened'), stored: sum('stored') };
    })
    .filter(({ widened }) => widened > 0);
  const there = [...sums, ...[...sums].reverse().slice(1)];
  return Math.max(0, ...there.map(({ widened }, i) => widened + (there[i + 1]?.stored ?? 0)));
}
