/**
 * `curves.jsonl`: what the events of a run come to, written when a process is done with the folder. A line of facts, then a line for each quantity. Readers of
 * long runs need not read all events; those that came after it are read as ever. It holds nothing that the events do not: where it is
 * missing or does not fit them, they are read.
 */
import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs';
import path from 'node:path';
import { writeAtomic } from '../atomic';
import { effectiveSlices, eventsSize, parseEvents } from '../events';
import { runFiles } from '../layout';
import type { KeptCurve } from './curve';
import { type Facts, History } from './history';

const format = 1;

/** Shorter files are read as quickly themselves. */
const worthBytes = 1024 * 1024;

interface Head {
  format: number;
  /** Bytes of the events that it covers. */
  offset: number;
  facts: Facts;
  /** Names in the order of the lines. */
  quantities: string[];
}

/** Writes the file if the events are many. A disk that has no room for it costs readers time and nothing else. */
export function keepCurves(folder: string): void {
  const file = path.join(folder, runFiles.curves);
  if (eventsSize(folder) < worthBytes) return;
  const history = new History();
  let offset = 0;
  for (const { events, to } of effectiveSlices(folder)) {
    for (const event of events) history.take(event);
    offset = to;
  }
  const head: Head = { format, offset, facts: history.facts, quantities: [...history.curves.keys()] };
  const lines = [head, ...[...history.curves].map(([quantity, curve]) => ({ quantity, ...curve.keep() }))];
  try {
    writeAtomic(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
  }
}

/**
 * The history up to an offset in the events, if it was kept and fits them.
 * @param wanted of the quantities that every step logs only these are read
 */
export function readKeptCurves(
  folder: string,
  wanted: ReadonlySet<string | undefined>,
): { history: History; offset: number } | undefined {
  const file = path.join(folder, runFiles.curves);
  if (!existsSync(file)) return undefined;
  const bytes = readFileSync(file);
  const headEnd = bytes.indexOf(10);
  const head = headOf(bytes.toString('utf8', 0, Math.max(0, headEnd)));
  if (!head || !fits(folder, head)) return undefined;
  const curves = new Map<string, KeptCurve>();
  let begin = headEnd + 1;
  for (const quantity of head.quantities) {
    const end = bytes.indexOf(10, begin);
    if (!quantity.startsWith('training ') || wanted.has(quantity))
      curves.set(quantity, JSON.parse(bytes.toString('utf8', begin, end)) as KeptCurve);
    begin = end + 1;
  }
  const history = new History(wanted);
  history.restore(head.facts, head.quantities, curves);
  return { history, offset: head.offset };
}

function headOf(line: string): Head | undefined {
  try {
    const head = JSON.parse(line) as Head;
    return head.format === format ? head : undefined;
  } catch {
    return undefined; // written by another version
  }
}

/** Whether the last event that it covers ends where it says. */
function fits(folder: string, { offset, facts: { last } }: Head): boolean {
  const fd = openSync(path.join(folder, runFiles.events), 'r');
  try {
    const bytes = Buffer.alloc(Math.min(offset, 256 * 1024));
    const read = readSync(fd, bytes, 0, bytes.length, offset - bytes.length);
    const text = bytes.toString('utf8', 0, read);
    const event = parseEvents(text.slice(text.lastIndexOf('\n', text.length - 2) + 1)).at(-1);
    return read === bytes.length && event?.seq === last?.seq && event?.time === last?.time;
  } finally {
    closeSync(fd);
  }
}
