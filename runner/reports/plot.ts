/** Score against trainable share as SVG, with the Pareto front: what a score costs. No library, no script. The table is its twin in text. */
import { headingOf, nameText, percent, shareText } from './format';
import { isFirst } from './grid';
import { escapeMarkup } from './markup';
import type { ComparisonRow, ComparisonSection } from './table';

export interface Point {
  label: string;
  /** Percent of the parameters that are trained; above 0. */
  share: number;
  /** 0..1 */
  score: number;
  /** Ends of the whisker: one standard deviation over seeds, or of a single run the 95 % interval. */
  low?: number;
  high?: number;
  /** No other point has a smaller or equal share and a higher or equal score, one of them strictly. */
  onFront: boolean;
}

/** Points of a section's column; the untuned base has no place on a logarithmic axis and is not among them. */
export function pointsOf({ rows }: ComparisonSection, c: number): Point[] {
  const points = rows.flatMap((row): Omit<Point, 'onFront'>[] => {
    const cell = row.cells[c];
    if (row.kind !== 'method' || !row.percent || cell?.value == null) return [];
    const { value: score, sd, low, high } = cell;
    const [from, to] = sd === undefined ? [low, high] : [score - sd, score + sd];
    return [{ label: nameText(row), share: row.percent, score, low: from, high: to }];
  });
  const beats = (a: Omit<Point, 'onFront'>, b: Omit<Point, 'onFront'>) =>
    a.share <= b.share && a.score >= b.score && (a.share < b.share || a.score > b.score);
  return points.map((point) => ({ ...point, onFront: !points.some((other) => beats(other, point)) }));
}

/** A plot for the first metric of each test split that at least two methods have. */
export function plotsOf(section: ComparisonSection): string[] {
  return section.columns.flatMap((_, c) => {
    const points = isFirst(section, c) ? pointsOf(section, c) : [];
    return points.length > 1 ? [plot(section, c, points)] : [];
  });
}

const width = 640;
const height = 360;
const frame = { left: 56, right: 120, top: 30, bottom: 46 };

function plot(section: ComparisonSection, c: number, points: readonly Point[]): string {
  const { test, metric } = section.columns[c]!;
  const base = section.rows.find(({ kind }) => kind === 'base')?.cells[c]?.value ?? undefined;
  const shares = points.map(({ share }) => Math.log10(share));
  const decades = { from: Math.floor(Math.min(...shares)), to: Math.ceil(Math.max(...shares) + 1e-9) };
  const values = points.flatMap(({ score, low = score, high = score }) => [low, high]);
  const range = paddedRange(base === undefined ? values : [...values, base]);
  const x = (share: number) =>
    frame.left +
    ((Math.log10(share) - decades.from) / (decades.to - decades.from || 1)) * (width - frame.left - frame.right);
  const y = (score: number) =>
    height - frame.bottom - ((score - range.from) / (range.to - range.from)) * (height - frame.top - frame.bottom);
  const line = (x1: number, y1: number, x2: number, y2: number, style = 'axis') =>
    `<line class="${style}" x1="${fix(x1)}" y1="${fix(y1)}" x2="${fix(x2)}" y2="${fix(y2)}"/>`;
  const text = (at: number, down: number, words: string, anchor = 'middle') =>
    `<text x="${fix(at)}" y="${fix(down)}" text-anchor="${anchor}">${escapeMarkup(words)}</text>`;
  const right = width - frame.right;
  const bottom = height - frame.bottom;
  const ticks = Array.from({ length: decades.to - decades.from + 1 }, (_, i) => 10 ** (decades.from + i));
  const levels = levelsOf(range);
  const front = points.filter(({ onFront }) => onFront).sort((a, b) => a.share - b.share);
  const title = `${headingOf(section.columns[c]!)} on ${test} against trainable share, ${section.model} on ${section.task}`;
  return [
    `<figure><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeMarkup(`${title}: ${points.map(described).join('; ')}`)}">`,
    text(frame.left, 18, `${title}${headingOf(section.columns[c]!) === metric ? '' : ` (${metric})`}`, 'start'),
    ...levels.flatMap((level) => [
      line(frame.left, y(level), right, y(level), 'grid'),
      text(frame.left - 8, y(level) + 4, percent(level), 'end'),
    ]),
    ...ticks.flatMap((share) => [
      line(x(share), bottom, x(share), bottom + 5),
      text(x(share), bottom + 18, `${shareText(share)} %`),
    ]),
    line(frame.left, bottom, right, bottom),
    line(frame.left, frame.top, frame.left, bottom),
    text((frame.left + right) / 2, height - 8, 'trainable parameters'),
    ...(base === undefined
      ? []
      : [line(frame.left, y(base), right, y(base), 'base'), text(right + 6, y(base) + 4, 'base', 'start')]),
    `<polyline class="front" points="${front.map(({ share, score }) => `${fix(x(share))},${fix(y(score))}`).join(' ')}"/>`,
    ...points.flatMap((point) => [
      ...(point.low === undefined || point.high === undefined
        ? []
        : [line(x(point.share), y(point.low), x(point.share), y(point.high), 'whisker')]),
      `<circle class="${point.onFront ? 'on' : 'off'}" cx="${fix(x(point.share))}" cy="${fix(y(point.score))}" r="5"><title>${escapeMarkup(described(point))}</title></circle>`,
      text(x(point.share) + 8, y(point.score) - 7, point.label, 'start'),
    ]),
    '</svg>',
    `<figcaption>Whiskers: ${section.rows.some(({ seeds }: ComparisonRow) => seeds.length > 1) ? 'standard deviation over seeds' : '95 % interval over items'}. Line: Pareto front of the methods.</figcaption></figure>`,
  ].join('\n');
}

function described({ label, share, score }: Point): string {
  return `${label} ${percent(score)} at ${shareText(share)} %`;
}

function fix(value: number): string {
  return String(Math.round(10 * value) / 10);
}

function paddedRange(values: readonly number[]): { from: number; to: number } {
  const [from, to] = [Math.min(...values), Math.max(...values)];
  const pad = (to - from || 0.1) * 0.08;
  return { from: Math.max(0, from - pad), to: to + pad };
}

/** Four to eight round values within a range. */
function levelsOf({ from, to }: { from: number; to: number }): number[] {
  const rough = (to - from) / 6;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough)!;
  const first = Math.ceil(from / step);
  return Array.from({ length: Math.floor(to / step) - first + 1 }, (_, i) => (first + i) * step);
}
