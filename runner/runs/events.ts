/** events.jsonl: reading from an offset on, and what counts after a run was resumed. */
import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import type { RunEvent } from '../../schemas/generated/events';
import { MedpeftError } from '../errors';
import { runFiles } from './layout';

export type { RunEvent };

/** Event lines of a piece of the file. A line that a kill tore and a resume ended is no event. */
export function parseEvents(text: string): RunEvent[] {
  const events: RunEvent[] = [];
  for (const line of text.split('\n')) {
    if (line === '') continue;
    try {
      const event = JSON.parse(line) as Partial<RunEvent> | null;
      if (typeof event?.type === 'string' && typeof event.seq === 'number') events.push(event as RunEvent);
    } catch {
      // torn: the event never became part of the run
    }
  }
  return events;
}

/**
 * Events from a byte offset on, and the offset to go on from. Half a line at the end is held back until it is whole.
 * Events that a later resume made void are still among them: `effectiveEvents` drops those from the events read so far.
 */
export function readEvents(folder: string, fromOffset = 0): { events: RunEvent[]; offset: number } {
  const file = path.join(folder, runFiles.events);
  if (!existsSync(file)) return { events: [], offset: 0 };
  const fd = openSync(file, 'r');
  try {
    const { size } = fstatSync(fd);
    // shorter than what was read: the run was deleted and started anew; its first event says so
    const from = fromOffset > size ? 0 : fromOffset;
    const bytes = Buffer.alloc(size - from);
    let read = 0;
    while (read < bytes.length) {
      const n = readSync(fd, bytes, read, bytes.length - read, from + read);
      if (n === 0) break;
      read += n;
    }
    const end = bytes.subarray(0, read).lastIndexOf(10) + 1;
    return { events: parseEvents(bytes.toString('utf8', 0, end)), offset: from + end };
  } catch (error) {
    throw new MedpeftError('MP4003', `events cannot be read: ${(error as Error).message}`, undefined, file, {
      cause: error,
    });
  } finally {
    closeSync(fd);
  }
}

/**
 * The events that count. `run_resumed {from_step}` makes earlier events of later steps void, and an earlier choice of a rate and scores on test
 * and transfer sets, which are made again; a `run_started` with number 0 makes all earlier ones void (the folder was started anew).
 */
export function effectiveEvents(events: readonly RunEvent[]): RunEvent[] {
  let effective: RunEvent[] = [];
  for (const event of events) {
    if (event.type === 'run_started' && event.seq === 0) effective = [];
    if (event.type === 'run_resumed')
      effective = effective.filter(
        (earlier) =>
          !('step' in earlier && earlier.step !== undefined && earlier.step > event.from_step) &&
          !(earlier.type === 'evaluation' && earlier.role !== 'validation') &&
          earlier.type !== 'learning_rate_chosen',
      );
    effective.push(event);
  }
  return effective;
}
