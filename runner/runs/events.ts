/** events.jsonl: reading from an offset on, and what counts after a run was resumed. */
import { statSync } from 'node:fs';
import path from 'node:path';
import type { RunEvent } from '../../schemas/generated/events';
import { runFiles } from './layout';
import { lineSlices } from './lines';

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
  const size = eventsSize(folder);
  // shorter than what was read: the run was deleted and started anew; its first event says so
  let offset = fromOffset > size ? 0 : fromOffset;
  const events: RunEvent[] = [];
  for (const slice of eventSlices(folder, offset)) {
    for (const event of slice.events) events.push(event);
    offset = slice.to;
  }
  return { events, offset };
}

/** Bytes of the events so far: where those of a later start begin. */
export function eventsSize(folder: string): number {
  return statSync(path.join(folder, runFiles.events), { throwIfNoEntry: false })?.size ?? 0;
}

/** The same in slices of some megabytes, for who must not hold all at once or has other things to do in between. */
export function* eventSlices(
  folder: string,
  fromOffset = 0,
  end?: number,
): Generator<{ events: RunEvent[]; from: number; to: number }> {
  for (const { bytes, from, to } of lineSlices(path.join(folder, runFiles.events), fromOffset, end))
    yield { events: parseEvents(bytes.toString('utf8')), from, to };
}

/** What a resume, or a start anew, makes void of the events before it. */
export interface Voiding {
  all: boolean;
  /** Events of later steps are void, and an earlier choice of a rate and scores on test and transfer sets, which are made again. */
  fromStep?: number;
}

/** What an event makes void, if it does. */
export function voidedBy(event: RunEvent): Voiding | undefined {
  // the folder was started anew
  if (event.type === 'run_started' && event.seq === 0) return { all: true };
  return event.type === 'run_resumed' ? { all: false, fromStep: event.from_step } : undefined;
}

export function isVoid(event: RunEvent, { all, fromStep }: Voiding): boolean {
  if (all || fromStep === undefined) return all;
  return (
    ('step' in event && event.step !== undefined && event.step > fromStep) ||
    (event.type === 'evaluation' && event.role !== 'validation') ||
    event.type === 'learning_rate_chosen'
  );
}

/** The events that count: those that no later one made void. */
export function effectiveEvents(events: readonly RunEvent[]): RunEvent[] {
  let effective: RunEvent[] = [];
  for (const event of events) {
    const voiding = voidedBy(event);
    if (voiding) effective = effective.filter((earlier) => !isVoid(earlier, voiding));
    effective.push(event);
  }
  return effective;
}

/** In whose lines it is worth looking for what makes others void. */
const signs = [Buffer.from('run_resumed'), Buffer.from('run_started')];

/** What makes earlier events void, in the order of the file, and the file's whole lines' end. */
function voidings(folder: string): { found: Voiding[]; end: number } {
  const found: [number, Voiding][] = [];
  let end = 0;
  for (const { bytes, from, to } of lineSlices(path.join(folder, runFiles.events))) {
    end = to;
    for (const sign of signs)
      for (let at = bytes.indexOf(sign); at >= 0; ) {
        const begin = bytes.lastIndexOf(10, at) + 1;
        const stop = bytes.indexOf(10, at);
        const [event] = parseEvents(bytes.toString('utf8', begin, stop));
        const voiding = event && voidedBy(event);
        if (voiding) found.push([from + begin, voiding]);
        at = bytes.indexOf(sign, stop);
      }
  }
  return { found: found.sort(([a], [b]) => a - b).map(([, voiding]) => voiding), end };
}

/** `effectiveEvents` of a whole file, in slices of some megabytes: looks first for what makes events void, then reads. */
export function* effectiveSlices(folder: string): Generator<{ events: RunEvent[]; to: number }> {
  const { found, end } = voidings(folder);
  // what all from the nth on make void together
  const together: Voiding[] = [{ all: false }];
  for (const { all, fromStep } of found.reverse()) {
    const after = together[0]!;
    const least = Math.min(fromStep ?? Number.POSITIVE_INFINITY, after.fromStep ?? Number.POSITIVE_INFINITY);
    together.unshift({ all: all || after.all, ...(Number.isFinite(least) ? { fromStep: least } : {}) });
  }
  let passed = 0;
  for (const { events, to } of eventSlices(folder, 0, end)) {
    const counting = events.filter((event) => {
      if (voidedBy(event)) passed++;
      return !isVoid(event, together[passed]!);
    });
    yield { events: counting, to };
  }
}
