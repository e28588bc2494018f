/** What was measured on the large model, in bench/large/results.json, and its part of docs/benchmarks.md. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { llava } from '../../runner/models/llava';
import { sizeOf } from '../../runner/models/safetensors';
import { config } from './checkpoint';
import type { LargeRow, Measurement, Passed } from './rows';

const file = 'bench/large/results.json';

export type LargeResults = Record<string, LargeRow>;

export const readLargeResults = (): LargeResults =>
  existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as LargeResults) : {};

/** Puts a row in the place of its former measurement. */
export function keepLargeRow(name: string, measurement: Measurement): void {
  const machine = `${os.cpus()[0]!.model}, ${measurement.threads} threads, ${Math.round(os.totalmem() / 2 ** 30)} GB`;
  const date = new Date().toISOString().slice(0, 10);
  const row: LargeRow = { ...measurement, machine, load: os.loadavg()[1]!, date };
  writeFileSync(file, `${JSON.stringify({ ...readLargeResults(), [name]: row }, null, 1)}\n`);
}

/** Of rows in which nothing had to be read: how much of a step is left beside matrix products. */
function heldPart(results: LargeResults): string {
  const shares = Object.entries(results).flatMap(([name, { steps }]) => {
    const last = steps.at(-1);
    return last?.bytes === 0 ? [`${((100 * last.programs) / last.seconds).toFixed(0)} % (${name})`] : [];
  });
  if (shares.length === 0) return '';
  return `
More memory saves reading, and little time: while a block runs, the next one's weights are read. Where all stay, the last step was spent in programs to ${shares.join(', ')}, so that their matrix products decide how long it takes.
`;
}

const gigabytes = (count: number, digits = 1) => (count / 1e9).toFixed(digits);

/** Markdown; nothing where nothing was measured yet. */
export function largePart(): string {
  const results = readLargeResults();
  const rows = Object.values(results);
  if (rows.length === 0) return '';
  const set = (values: readonly string[]) => [...new Set(values)].join('; ');
  const parameters = llava.parameters(config).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const cells = ({ seconds, processor, programs, weights, bytes }: Passed) => [
    processor.toFixed(0),
    seconds.toFixed(0),
    programs.toFixed(0),
    weights.toFixed(0),
    (seconds - programs - weights).toFixed(0),
    gigabytes(bytes),
  ];
  const body = Object.entries(results).flatMap(([name, { steps, answer, peak, planned, allowed }]) => [
    ...steps.map((step, i) => [
      `${name}, step ${i + 1}`,
      ...cells(step),
      (step.flops / step.processor / 1e9 / step.gflops).toFixed(2),
      gigabytes(peak, 2),
      gigabytes(planned, 2),
      gigabytes(allowed, 2),
    ]),
    ...(answer.tokens > 0 ? [[`${name}, ${answer.tokens} tokens answered`, ...cells(answer), '–', '–', '–', '–']] : []),
  ]);
  const losses = Object.entries(results).map(([name, { steps }]) => `${steps[0]!.loss.toFixed(4)} (${name})`);
  const head = [
    '',
    'processor seconds',
    'seconds',
    'in programs',
    'until weights are there',
    'rest',
    'GB read',
    'share of ceiling',
    'peak GB',
    'planned GB',
    'runtime.memory GB',
  ];
  const line = (own: readonly string[]) => `| ${own.join(' | ')} |`;
  return `
## ${(parameters / 1e9).toFixed(1)} billion parameters in a small memory

\`npm run bench -- large\`, from \`bench/large/results.json\`: LLaVA-Med v1.5's dimensions (CLIP ViT-L/14-336, projector, Mistral-7B), random values in shards of bfloat16, batch 1, a text of 576 image
vectors and 18 words. ${set(rows.map(({ machine }) => machine))}; ${set(rows.map(({ date }) => date))}; load while it was measured:
${set(rows.map(({ load }) => load.toFixed(1)))}. Where the load is far above the threads, seconds say little: processor seconds, over all threads, say more. The share of the ceiling is of them: operations of matrix products a processor second against those of one large product alone.

${[line(head), line(head.map((_, i) => (i === 0 ? '---' : '---:'))), ...body.map(line)].join('\n')}

Loss of the first step, of the same item: ${losses.join(', ')}. The files have ${gigabytes(2 * parameters)} GB: no step reads more than twice that. Peak is that of the whole process. PyTorch's need for the same step, computed and not measured (it does not fit here): ${gigabytes(4 * parameters)} GB for the
weights in float32, ${gigabytes(2 * parameters)} GB in bfloat16, activations not counted.
${heldPart(results)}`;
}
