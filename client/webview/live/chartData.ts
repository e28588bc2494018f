/** Lines as uPlot wants them, the part of the plane that they fill, and what they say at a place. No DOM in here. */
import type { Zoom } from '../../panels/protocol';
import type { Line } from './lines';

export type Columns = [number[], ...(number | null)[][]];

export interface Scaling {
  logX: boolean;
  logY: boolean;
  clip: boolean;
}

/** One x column for all lines, for each line its raw column (if it has one) and its own. Null where a line has no value that can be drawn. */
export function align(lines: readonly Line[], { logX, logY }: Scaling): Columns {
  const drawable = (value: number | undefined, log: boolean) =>
    value !== undefined && Number.isFinite(value) && (!log || value > 0);
  const all = new Set(lines.flatMap(({ x }) => x.filter((value) => drawable(value, logX))));
  const x = [...all].sort((a, b) => a - b);
  const place = new Map(x.map((value, i) => [value, i]));
  const column = (line: Line, values: readonly number[]) => {
    const made: (number | null)[] = new Array(x.length).fill(null);
    line.x.forEach((at, i) => {
      const to = place.get(at);
      if (to !== undefined && drawable(values[i], logY)) made[to] = values[i]!;
    });
    return made;
  };
  return [x, ...lines.flatMap((line) => [...(line.raw ? [column(line, line.raw)] : []), column(line, line.values)])];
}

/** Scores come now and then, steps all the time: drawing the same anew costs as much as drawing it. */
export function isSame(a: Columns, b: Columns): boolean {
  return (
    a.length === b.length &&
    a.every((column, i) => column.length === b[i]!.length && column.every((value, j) => value === b[i]![j]))
  );
}

/** The least and the greatest of the x values, or what the user zoomed to. */
export function xRange([x]: Columns, { logX }: Scaling, zoom: Zoom | undefined): [number, number] {
  if (zoom?.x) return zoom.x;
  const [low, high] = [x[0] ?? 0, x.at(-1) ?? 1];
  if (low < high) return [low, high];
  return logX ? [low / 2, low * 2] : [low - 0.5, low + 0.5];
}

/**
 * The values of all lines with some room around them, or what the user zoomed to. Faint raw values count where nothing is clipped; with
 * clipping single outliers do not: the range is that of the 1st to the 99th percentile, if it would be more than twice as wide without.
 */
export function yRange(lines: readonly Line[], { logY, clip }: Scaling, zoom: Zoom | undefined): [number, number] {
  if (zoom?.y) return zoom.y;
  const usable = (value: number) => Number.isFinite(value) && (!logY || value > 0);
  const values = lines.flatMap((line) => [...line.values, ...(clip ? [] : (line.raw ?? []))].filter(usable));
  if (values.length === 0) return logY ? [0.1, 1] : [0, 1];
  values.sort((a, b) => a - b);
  let [low, high] = [values[0]!, values.at(-1)!];
  const [inner, outer] = [values[Math.floor(0.01 * values.length)]!, values[Math.ceil(0.99 * values.length) - 1]!];
  if (clip && outer > inner && high - low > 2 * (outer - inner)) [low, high] = [inner, outer];
  if (logY) return low === high ? [low / 2, high * 2] : [leading(low, Math.floor), leading(high, Math.ceil)];
  if (low === high) return low === 0 ? [-0.5, 0.5] : [low - Math.abs(low) / 10, high + Math.abs(high) / 10];
  const room = (high - low) * 0.06;
  return [low - room, high + room];
}

/** To one significant digit, so that a logarithmic axis begins and ends on a round number. */
function leading(value: number, round: (value: number) => number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return round(value / power) * power;
}

export interface Reading {
  line: Line;
  value: number;
}

/** What every line says at a place: its last value at or before it, of the lines that reach so far; the highest first. */
export function readingsAt(lines: readonly Line[], x: number): Reading[] {
  const readings = lines.flatMap((line): Reading[] => {
    const last = line.x.at(-1);
    const i = lastAtOrBefore(line.x, x);
    // a curve that ended before says nothing here; scores are measured now and then, and hold in between
    if (i < 0 || last === undefined || (x > last && !line.points)) return [];
    const value = line.values[i]!;
    return Number.isNaN(value) ? [] : [{ line, value }];
  });
  return readings.sort((a, b) => b.value - a.value);
}

/** By halving; -1 where all are beyond. */
function lastAtOrBefore(sorted: readonly number[], x: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! <= x) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The part that keyboard zooming leaves: around a place, or around the middle. */
export function zoomedAround([low, high]: [number, number], at: number | undefined, factor: number): [number, number] {
  const middle = at ?? (low + high) / 2;
  return [middle - (middle - low) * factor, middle + (high - middle) * factor];
}

/** The part beside what is in sight, a share of its width further on as the axis is drawn. */
export function panned([low, high]: [number, number], by: number, log: boolean): [number, number] {
  if (log) return [low * (high / low) ** by, high * (high / low) ** by];
  return [low + (high - low) * by, high + (high - low) * by];
}
