/** docs/scaling.md, made of what was measured. */
import type { Records, Runs } from './folders';
import type { Growth, Split } from './steps';

export interface Scaling {
  machine: string;
  date: string;
  load: number;
  steps: Growth[];
  epochs: Growth[];
  runs: Runs[];
  records: Records[];
  split: Split;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

const shown = (seconds: number) => (seconds < 0.1 ? `${(1000 * seconds).toFixed(1)} ms` : `${seconds.toFixed(2)} s`);

/** Columns of a bar chart in text; the largest has this length. */
const barLength = 30;
const bar = (value: number, largest: number) =>
  `\`${'█'.repeat(Math.max(1, Math.round((barLength * value) / largest)))}\``;

/** How the last row's cost compares with that of the first one, to the power of how much larger it is: 1 grows with the work, 2 with its square. */
function exponent(rows: readonly { at: number; seconds: number }[]): string {
  const [first, last] = [rows[0]!, rows.at(-1)!];
  return (Math.log(last.seconds / first.seconds) / Math.log(last.at / first.at)).toFixed(2);
}

function growth(rows: readonly Growth[]): string {
  return [...new Set(rows.map(({ of }) => of))]
    .map((of) => {
      const own = rows.filter((row) => row.of === of);
      const largest = Math.max(...own.map(({ seconds }) => seconds));
      const lines = own.map(({ at, seconds }) => [String(at), shown(seconds), bar(seconds, largest)]);
      return `${table([of, 'processor time', ''], lines)}\n\nGrows with the power ${exponent(own)}.`;
    })
    .join('\n\n');
}

export function page({ machine, date, load, steps, epochs, runs, records, split }: Scaling): string {
  const count = (value: number) => value.toLocaleString('en');
  const largest = Math.max(...records.map(({ seconds }) => seconds));
  const gain = split.one / split.two;
  return `# How cost grows with work

Made by \`npm run bench -- scaling\` from \`bench/scaling/results.json\`; not written by hand. ${machine}; ${date}; load of the machine ${load.toFixed(1)}. Times are processor seconds over all threads,
which other programs lengthen little; where it says so, seconds of the clock. What a model of 7.6 billion parameters takes is in [benchmarks.md](benchmarks.md).

## A step, against layers and width

LayerNorm tuning of a BLIP of random values (64 pixels in patches of 8; 128 wide with 4 layers in each of its three parts unless varied), batch 8 on 4 images, one thread.

${growth(steps)}

## The first epoch, against images and questions

LayerNorm tuning of the text of the same model: an image is encoded once, whatever is asked about it.

${growth(epochs)}

## Many runs in one folder

Runs of 200 steps and 200 test items; four seeds a method. Listing reads the ends of their files, comparing reads every prediction. Watching: from an event that is written until the watcher tells of it, by the clock.

${table(
  ['runs', 'listing', 'comparing', 'watching'],
  runs.map((row) => [count(row.runs), shown(row.listing), shown(row.comparing), shown(row.watching)]),
)}

## A large data set

Reading the records of a CSV file one by one, as a run does. Memory: \`npm run bench -- data\` holds it below 64 bytes a record.

${table(
  ['records', 'processor time', ''],
  records.map(({ records, seconds }) => [count(records), shown(seconds), bar(seconds, largest)]),
)}

## Gradient accumulation over two processes

Two micro-batches of 4 (LayerNorm tuning, 384 wide, 6 layers, 192 pixels) in one process with two threads took ${shown(split.one)}; one each in two processes with one thread, at the same time, ${shown(split.two)}: ${gain.toFixed(2)} times as fast,
with ${(split.twoBytes / split.oneBytes).toFixed(2)} times the memory (by the clock, the quickest of 7 rounds in turn, exchange of gradients not counted).
`;
}
