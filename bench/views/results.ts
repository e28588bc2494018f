/** What was measured of the views: each part for itself in out/views, all of one measurement in bench/views/results.json, and its part of docs/benchmarks.md. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Runs that the live panel's thread has read; milliseconds from the question. */
export interface Opened {
  runs: number;
  /** To the points of the first picture, and to those of all runs. */
  first: number;
  all: number;
  /** The longest time in which the extension host did nothing else. */
  hostPause: number;
  /** Resident memory of the process, the thread included. */
  megabytes: number;
}

/** Milliseconds. */
export interface Spread {
  p50: number;
  p95: number;
  worst: number;
  count: number;
}

export interface Parts {
  opening: {
    /** Of a run's events as its process leaves it; megabytes. */
    summary: { milliseconds: number; from: number; to: number };
    listing: number;
    many: Opened & { events: number };
    one: Opened & { events: number };
  };
  /** From the time in a step's event to the picture that shows it or a later one. */
  latency: Spread & {
    pictures: number;
    /** Of each picture: its oldest step until it was read, what was read until it came to the page, was drawn, and was on the screen. */
    parts: Record<'read' | 'sent' | 'drawn' | 'shown', Spread>;
  };
  panning: Spread & { runs: number; steps: number; browser: string; graphics: string };
  scrolling: Spread & { items: number; rows: number };
}

export interface ViewsResults extends Parts {
  machine: string;
  date: string;
  /** Of the machine over the last minute, at the end of each part. */
  loads: number[];
}

const names = ['opening', 'latency', 'panning', 'scrolling'] as const;
const file = 'bench/views/results.json';
const partFile = (name: keyof Parts) => path.join('out', 'views', `${name}.json`);

const rounded = (_: string, value: unknown) => (typeof value === 'number' ? Math.round(value * 10) / 10 : value);

/** Shows what a part has measured, and puts it aside until all have. The harness does the same in test/ui/measured.mjs. */
export function measured<Name extends keyof Parts>(name: Name, values: Parts[Name]): void {
  console.log(`  ${name}: ${JSON.stringify(values, rounded)}`);
  mkdirSync(path.dirname(partFile(name)), { recursive: true });
  writeFileSync(partFile(name), JSON.stringify({ load: os.loadavg()[0], values }, rounded));
}

/** Keeps the parts of a measurement in place of the former one. @throws where one of them was not measured */
export function keepViewsResults(): void {
  const parts = names.map((name) => [name, JSON.parse(readFileSync(partFile(name), 'utf8'))] as const);
  const results = {
    machine: `${os.cpus()[0]!.model}, ${os.availableParallelism()} threads, ${Math.round(os.totalmem() / 2 ** 30)} GB`,
    date: new Date().toISOString().slice(0, 10),
    loads: parts.map(([, { load }]) => load),
    ...Object.fromEntries(parts.map(([name, { values }]) => [name, values])),
  };
  writeFileSync(file, `${JSON.stringify(results, rounded, 1)}\n`);
}

const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
const table = (rows: readonly string[][]) =>
  [rows[0]!, rows[0]!.map((_, i) => (i < 2 ? '---' : '---:')), ...rows.slice(1)].map(line).join('\n');
const whole = (value: number) => value.toLocaleString('en');
const figures = ({ p50, p95, worst, count }: Spread) => [
  ...[p50, p95, worst].map((value) => value.toFixed(1)),
  whole(count),
];

const stage = ({ p50, p95 }: Spread) => `${p50.toFixed(0)} ms (p95 ${p95.toFixed(0)})`;

/** Markdown; nothing where nothing was measured yet. */
export function viewsPart(): string {
  if (!existsSync(file)) return '';
  const results = JSON.parse(readFileSync(file, 'utf8')) as ViewsResults;
  const { opening, latency, panning, scrolling, machine, date, loads } = results;
  const { summary, listing, many, one } = opening;
  const opened = ({ first, all, hostPause, megabytes }: Opened) =>
    [first, all, hostPause, megabytes].map((value) => value.toFixed(0));
  return `
## Views in the editor

\`npm run bench -- views\`, from \`bench/views/results.json\`: the packed extension in a real VS Code, in ${panning.browser} without a screen (graphics: ${panning.graphics}). ${machine}, ${date}, load ${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)}. Where the load is far above the threads,
other programs were at work, and times say little.

${table([
  ['milliseconds', 'aim (p95)', 'p50', 'p95', 'longest', 'of'],
  ['from the time in an event to the picture that shows it, of a run that trains beside', '≤ 250', ...figures(latency)],
  [
    `a frame while ${whole(panning.runs * panning.steps)} points are panned: ${panning.runs} runs of ${whole(panning.steps)} steps, drawn from kept buckets by uPlot on a 2D canvas`,
    '–',
    ...figures(panning),
  ],
  [
    `a frame while ${whole(scrolling.items)} answers are scrolled, of which at most ${scrolling.rows} rows exist`,
    '–',
    ...figures(scrolling),
  ],
])}

Of the ${whole(latency.pictures)} pictures that showed the training: the oldest step of each waited ${stage(latency.parts.read)} until it was read (changes are gathered for 60 ms), what was read took ${stage(latency.parts.sent)} to the page,
${stage(latency.parts.drawn)} to be drawn, and ${stage(latency.parts.shown)} to be on the screen.

The reading alone, in the extension's thread, without drawing:

${table([
  ['milliseconds', 'aim (all)', 'first picture', 'all', 'longest pause of the host', 'MB resident'],
  [`${many.runs} runs of ${whole(many.events)} events`, '≤ 2,000', ...opened(many)],
  [`a run of ${whole(one.events)} events that nobody has summed up`, '–', ...opened(one)],
])}

Listing the ${many.runs} runs took ${listing.toFixed(0)} ms. The process that leaves such a run sums up its ${summary.from.toFixed(1)} MB of events in ${summary.milliseconds.toFixed(0)} ms as ${summary.to.toFixed(1)} MB.
`;
}
