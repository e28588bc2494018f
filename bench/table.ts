/** docs/benchmarks.md, made of the measured rows. */
import { epoch } from './items';
import { plannedBytes } from './planned';
import type { Measured, Results, SideResult } from './results';
import { blipBase, methods } from './rows';

const sorted = (values: readonly number[]) => [...values].sort((a, b) => a - b);
function median(values: readonly number[]): number {
  const order = sorted(values);
  const middle = order.length >> 1;
  return order.length % 2 ? order[middle]! : (order[middle - 1]! + order[middle]!) / 2;
}

const gigabytes = (bytes: number) => (bytes / 1e9).toFixed(2);
const perItem = ({ steps }: SideResult) => steps.map(({ seconds, items }) => seconds / items);

/** How many times as fast, of the steps that followed each other. */
function speedup({ engine, pytorch }: Measured): number {
  const theirs = perItem(pytorch);
  return median(perItem(engine).map((own, i) => theirs[i]! / own));
}

/** Share of the machine's matrix products that a step reaches: each step against the product that was timed just before. */
function share({ engine }: Measured): number {
  return median(engine.steps.map(({ flops, seconds, gflops }) => flops! / seconds / 1e9 / gflops));
}

function spread({ steps }: SideResult): string {
  const seconds = sorted(steps.map((step) => step.seconds));
  return `${seconds[0]!.toFixed(1)}–${seconds.at(-1)!.toFixed(1)}`;
}

/** Both sides start from the same weights and the same items: their first losses are equal, or something else was measured. */
function lossGap({ engine, pytorch }: Measured): number {
  return Math.abs(engine.steps[0]!.loss - pytorch.steps[0]!.loss) / pytorch.steps[0]!.loss;
}

function stepRow(row: Measured): string[] {
  const { engine, pytorch, method, batch, precision } = row;
  const planned = plannedBytes(row);
  const seconds = (side: SideResult) => median(side.steps.map((step) => step.seconds));
  return [
    precision ? `${method}, frozen ${precision}` : method,
    String(batch),
    `${seconds(engine).toFixed(1)} (${spread(engine)})`,
    `${seconds(pytorch).toFixed(1)} (${spread(pytorch)})`,
    (batch / seconds(engine)).toFixed(2),
    (batch / seconds(pytorch)).toFixed(2),
    `**${speedup(row).toFixed(2)}**`,
    gigabytes(engine.peak),
    gigabytes(pytorch.peak),
    `**${(engine.peak / pytorch.peak).toFixed(2)}**`,
    share(row).toFixed(2),
    lossGap(row).toExponential(0),
    row.planned
      ? `${row.planned.seconds.toFixed(1)} (${(row.planned.seconds / seconds(engine)).toFixed(2)})`
      : 'not measured',
    `${gigabytes(planned)} (${(planned / engine.peak).toFixed(2)})`,
    `${row.date}, load ${row.load.toFixed(0)}`,
  ];
}

/** Seconds an item over all batches, which are of unequal size. */
function meanItem({ steps }: SideResult): number {
  const sum = (of: 'seconds' | 'items') => steps.reduce((total, step) => total + step[of], 0);
  return sum('seconds') / sum('items');
}

function epochRow(name: string, row: Measured): string[] {
  const minutes = (side: SideResult) => ((meanItem(side) * epoch.questions) / 60).toFixed(0);
  return [
    row.method,
    name.split(' ').at(-1)!,
    minutes(row.engine),
    minutes(row.pytorch),
    `**${(meanItem(row.pytorch) / meanItem(row.engine)).toFixed(1)}**`,
    gigabytes(row.engine.peak),
    gigabytes(row.pytorch.peak),
    `**${(row.engine.peak / row.pytorch.peak).toFixed(2)}**`,
  ];
}

function table(head: readonly string[], rows: readonly string[][]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Least and most measured steps of a row. */
function rounds(rows: readonly Measured[]): string {
  const counts = sorted(rows.flatMap(({ engine, pytorch }) => [engine.steps.length, pytorch.steps.length]));
  return counts[0] === counts.at(-1) ? String(counts[0]) : `${counts[0]} to ${counts.at(-1)}`;
}

/** The programs of a step that take most, and what is left beside them. */
function profile([name, { engine }]: [string, Measured]): string[][] {
  const last = engine.steps.at(-1)!;
  const parts = Object.entries(engine.parts!).sort(([, a], [, b]) => b.seconds - a.seconds);
  const beside = last.seconds - parts.reduce((sum, [, { seconds }]) => sum + seconds, 0);
  const percent = (seconds: number) => `${((100 * seconds) / last.seconds).toFixed(0)} %`;
  const line = ([program, { calls, seconds, flops }]: (typeof parts)[number]) => [
    name,
    program,
    String(calls),
    percent(seconds),
    (flops / seconds / 1e9 / last.gflops).toFixed(2),
  ];
  return [
    ...parts.slice(0, 6).map(line),
    [name, 'beside programs: optimiser, copies, JavaScript', '', percent(beside), ''],
  ];
}

/** Steps of which nothing can be said yet. */
function missingPart(results: Results): string {
  const missing = Object.keys(methods).flatMap((method) =>
    [4, 8].filter((batch) => !results[`step ${method} ${batch}`]).map((batch) => `${method} ${batch}`),
  );
  return missing.length > 0 ? `Not measured yet: ${missing.join('; ')}.\n\n` : '';
}

/** Rows that were measured before their parts were recorded have none. */
function profilePart(rows: readonly [string, Measured][]): string {
  const lines = rows.filter(([, { engine }]) => engine.parts).flatMap(profile);
  if (lines.length === 0) return '';
  return `The programs that take most of the last measured step of a row, and what share of the ceiling each reaches.

${table(['row', 'program', 'calls', 'of the step', 'share of ceiling'], lines)}
`;
}

export function page(results: Results): string {
  const of = (kind: string) => Object.entries(results).filter(([name]) => name.startsWith(kind));
  const all = Object.values(results);
  const set = (values: readonly string[]) => [...new Set(values)].join('; ');
  const loads = all.map(({ load }) => load);
  const ceilingsOf = (side: 'engine' | 'pytorch') => {
    const speeds = sorted(all.flatMap((row) => row[side].steps.map(({ gflops }) => gflops)));
    return `${speeds[0]!.toFixed(0)} to ${speeds.at(-1)!.toFixed(0)} GFLOP/s (median ${median(speeds).toFixed(0)})`;
  };
  return `# Benchmarks

Made by \`npm run bench\` from \`bench/results.json\`; not written by hand. This engine and PyTorch with transformers and peft take turns, step by step, in two processes on one
machine, on BLIP-VQA base dimensions (361 million parameters of random values, 384 pixels, two sides with the same weights and items).

- Machine: ${set(all.map(({ machine, date }) => `${machine} (${date})`))}. Versions: ${set(all.map(({ versions }) => JSON.stringify(versions).replace(/["{}]/g, '').replaceAll(',', ', ')))}.
- Measured on ${set(all.map(({ date }) => date))}. Load of the machine while rows were measured: ${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)}; one large matrix product ran at
  ${ceilingsOf('engine')} in onnxruntime and at ${ceilingsOf('pytorch')} in PyTorch, from one moment to the next. Where these ranges are wide, other programs were at work: seconds then say
  little, ratios of steps that followed each other say more.
- ${rounds(all)} measured steps of each side a row: with few, and wide ranges, a ratio is a hint and no verdict; the second decimal means nothing.
- A step is forward, backward, clipping of the norm and AdamW. Seconds are medians (lowest–highest). "Times as fast" is the median over pairs of steps that followed each other.
- Memory is the most that the process has had resident, from its start to the end of the last step, weights and the language's own runtime included.
- Share of ceiling: floating-point operations of the step's matrix products a second, as a share of what one large product reached just before the step.
- Loss gap: relative difference of the two sides' losses in the first measured step.
- Planned: what \`medpeft plan\` foretells of such a step: memory from shapes alone, seconds by timing each of its programs for a moment, in the engine's process after the measured steps; in brackets the
  share of what was measured.

## Steps

${table(
  [
    'method',
    'batch',
    'seconds',
    'PyTorch',
    'samples/s',
    'PyTorch',
    'times as fast',
    'GB',
    'PyTorch',
    'memory ratio',
    'share of ceiling',
    'loss gap',
    'planned seconds',
    'planned GB',
    'measured',
  ],
  of('step').map(([, row]) => stepRow(row)),
)}

${missingPart(results)}## Where the time of a step goes

${profilePart(of('step'))}
## An epoch of VQA-RAD's shape

${epoch.questions.toLocaleString('en')} questions on ${epoch.images} images in batches of 8; measured on a fraction, in minutes for the whole. \`by_image\`: all questions on an image share its encoding. Methods that
leave the vision encoder as it is are measured after their first epoch, when every image has been encoded.

${table(
  ['method', 'batching', 'minutes', 'PyTorch', 'times as fast', 'GB', 'PyTorch', 'memory ratio'],
  of('epoch').map(([name, row]) => epochRow(name, row)),
)}

Beside the questions a batch pays for the keys and values of its images' ${(blipBase.imageSize / blipBase.patchSize) ** 2 + 1} vectors in every layer of the text: once an image, however many questions are on it, and once more for what is
left of an image that has more questions than a batch.

${profilePart(of('epoch'))}`;
}
