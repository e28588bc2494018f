/** Score against what it costs as SVG, with the Pareto front. No library, no script. The table is its twin in text. */
import { bytes, duration } from '../text';
import type { Cost } from './arrangement';
import { headingOf, nameText, percent, shareText } from './format';
import { isFirst } from './grid_columns';
import { escapeMarkup } from './markup';
import type { ComparisonRow, ComparisonSection } from './table';

const costs: Record<Cost, { title: string; of(row: ComparisonRow): number | undefined; text(value: number): string }> =
  {
    trainable: {
      title: 'trainable parameters',
      of: ({ percent: share }) => share,
      text: (share) => `${shareText(share)} %`,
    },
    memory: { title: 'peak memory', of: ({ peakMemoryBytes }) => peakMemoryBytes, text: bytes },
    time: { title: 'time', of: ({ seconds }) => seconds, text: duration },
  };

export interface Point {
  label: string;
  /** Percent of the parameters that are trained, bytes or seconds; above 0. */
  cost: number;
  /** 0..1 */
  score: number;
  /** Ends of the whisker: one standard deviation over seeds, or of a single run the 95 % interval. */
  low?: number;
  high?: number;
  /** No other point has a smaller or equal cost and a higher or equal score, one of them strictly. */
  onFront: boolean;
}

/** Points of a section's column; the untuned base has no place on a logarithmic axis and is not among them. */
export function pointsOf({ rows }: ComparisonSection, c: number, against: Cost = 'trainable'): Point[] {
  const points = rows.flatMap((row): Omit<Point, 'onFront'>[] => {
    const cell = row.cells[c];
    const cost = costs[against].of(row);
    if (row.kind !== 'method' || !cost || cell?.value == null) return [];
    const { value: score, sd, low, high } = cell;
    const [from, to] = sd === undefined ? [low, high] : [score - sd, score + sd];
    return [{ label: nameText(row), cost, score, low: from, high: to }];
  });
  const beats = (a: Omit<Point, 'onFront'>, b: Omit<Point, 'onFront'>) =>
    a.cost <= b.cost && a.score >= b.score && (a.cost < b.cost || a.score > b.score);
  return points.map((point) => ({ ...point, onFront: !points.some((other) => beats(other, point)) }));
}

/** A plot for the first metric of each test split that at least two methods have. */
export function plotsOf(section: ComparisonSection, against: Cost = 'trainable'): Plot[] {
  return section.columns.flatMap((_, c) => {
    const points = isFirst(section, c) ? pointsOf(section, c, against) : [];
    return points.length > 1 ? [plot(section, c, points, against)] : [];
  });
}

export interface Plot {
  /** One `<svg>` element of `plotSize`. */
  svg: string;
  caption: string;
}

export const plotSize = { width: 640, height: 360 };
const { width, height } = plotSize;
const frame = { left: 56, right: 120, top: 30, bottom: 46 };

function plot(section: ComparisonSection, c: number, points: readonly Point[], against: Cost): Plot {
  const { title: axis, text: costText } = costs[against];
  const { test, metric } = section.columns[c]!;
  const base = section.rows.find(({ kind }) => kind === 'base')?.cells[c]?.value ?? undefined;
  const baseline = bestBaseline(section, c);
  const { ticks, from, to } = costTicks(points.map(({ cost }) => cost));
  const values = points.flatMap(({ score, low = score, high = score }) => [low, high]);
  const range = paddedRange([...values, ...(base === undefined ? [] : [base]), ...(baseline ? [baseline.score] : [])]);
  const x = (cost: number) =>
    frame.left + (Math.log10(cost / from) / (Math.log10(to / from) || 1)) * (width - frame.left - frame.right);
  const y = (score: number) =>
    height - frame.bottom - ((score - range.from) / (range.to - range.from)) * (height - frame.top - frame.bottom);
  const line = (x1: number, y1: number, x2: number, y2: number, style = 'axis') =>
    `<line class="${style}" x1="${fix(x1)}" y1="${fix(y1)}" x2="${fix(x2)}" y2="${fix(y2)}"/>`;
  const text = (at: number, down: number, words: string, anchor = 'middle') =>
    `<text x="${fix(at)}" y="${fix(down)}" text-anchor="${anchor}">${escapeMarkup(words)}</text>`;
  const right = width - frame.right;
  const bottom = height - frame.bottom;
  const levels = levelsOf(range);
  const front = points.filter(({ onFront }) => onFront).sort((a, b) => a.cost - b.cost);
  const title = `${headingOf(section.columns[c]!)} on ${test} against ${against === 'trainable' ? 'trainable share' : axis}, ${section.model} on ${section.task}`;
  const described = ({ label, cost, score }: Point) => `${label} ${percent(score)} at ${costText(cost)}`;
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeMarkup(`${title}: ${points.map(described).join('; ')}`)}">`,
    text(frame.left, 18, `${title}${headingOf(section.columns[c]!) === metric ? '' : ` (${metric})`}`, 'start'),
    ...levels.flatMap((level) => [
      line(frame.left, y(level), right, y(level), 'grid'),
      text(frame.left - 8, y(level) + 4, percent(level), 'end'),
    ]),
    ...ticks.flatMap((cost) => [
      line(x(cost), bottom, x(cost), bottom + 5),
      text(x(cost), bottom + 18, costText(cost)),
    ]),
    line(frame.left, bottom, right, bottom),
    line(frame.left, frame.top, frame.left, bottom),
    text((frame.left + right) / 2, height - 8, axis),
    ...(base === undefined
      ? []
      : [line(frame.left, y(base), right, y(base), 'base'), text(right + 6, y(base) + 4, 'base', 'start')]),
    ...(baseline
      ? [
          line(frame.left, y(baseline.score), right, y(baseline.score), 'base'),
          text(right - 6, y(baseline.score) - 5, baseline.label, 'end'),
        ]
      : []),
    `<polyline class="front" points="${front.map(({ cost, score }) => `${fix(x(cost))},${fix(y(score))}`).join(' ')}"/>`,
    ...points.flatMap((point) => [
      ...(point.low === undefined || point.high === undefined
        ? []
        : [line(x(point.cost), y(point.low), x(point.cost), y(point.high), 'whisker')]),
      `<circle class="${point.onFront ? 'on' : 'off'}" cx="${fix(x(point.cost))}" cy="${fix(y(point.score))}" r="5"><title>${escapeMarkup(described(point))}</title></circle>`,
      text(x(point.cost) + 8, y(point.score) - 7, point.label, 'start'),
    ]),
    '</svg>',
  ].join('\n');
  const whiskers = section.rows.some(({ seeds }) => seeds.length > 1)
    ? 'standard deviation over seeds'
    : '95 % interval over items';
  return { svg, caption: `Whiskers: ${whiskers}. Line: Pareto front of the methods.` };
}

/** The highest of what needs no model: points below it are no achievement, whatever they cost. */
function bestBaseline({ rows }: ComparisonSection, c: number): { label: string; score: number } | undefined {
  const baselines = rows.flatMap((row) => {
    const score = row.cells[c]?.value;
    return row.kind === 'baseline' && score != null ? [{ label: nameText(row), score }] : [];
  });
  return baselines.sort((a, b) => b.score - a.score)[0];
}

/** Places of a logarithmic axis: powers of ten, or, where there are few of them, 1, 2 and 5 times them. */
function costTicks(values: readonly number[]): { ticks: number[]; from: number; to: number } {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const decades = { from: Math.floor(Math.log10(least)), to: Math.ceil(Math.log10(most) + 1e-9) };
  const powers = Array.from({ length: decades.to - decades.from + 1 }, (_, i) => 10 ** (decades.from + i));
  if (powers.length > 3) return { ticks: powers, from: powers[0]!, to: powers.at(-1)! };
  const finer = powers.flatMap((power) => [power, 2 * power, 5 * power]);
  const first = finer.findLastIndex((tick) => tick <= least);
  const last = finer.findIndex((tick) => tick >= most);
  const ticks = finer.slice(first, Math.max(last, first + 1) + 1);
  return { ticks, from: ticks[0]!, to: ticks.at(-1)! };
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
