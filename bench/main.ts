/**
 * This engine beside PyTorch + transformers + peft, step by step in turn: `npm run bench -- [--only TEXT] [--rounds N] [--python FILE]`. PyTorch comes from a venv in the
 * user's cache, made when it is first needed. Results are kept row by row in
 * bench/results.json, and docs/benchmarks.md is written from them.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { FrozenPrecision } from '../runner/models/precision';
import { python } from '../scripts/python';
import { epochOf, uniform } from './items';
import { writeRandomModel } from './random_model';
import { keepRow, type Measured, type SideResult } from './results';
import { blipBase, type Item, methods } from './rows';
import { openSide, type Side } from './side';

interface Row {
  name: string;
  method: string;
  /** Of the engine's frozen matrices. */
  precision?: FrozenPrecision;
  batch: number;
  /** What each side is asked in each round, over and over. */
  theirs: readonly Item[][];
  ours: readonly Item[][];
  /** An epoch of a method with a frozen vision encoder is measured after the first, when every image has been seen. */
  warm: readonly Item[][];
}

/** Images that the fraction of an epoch is on. */
const epochImages = 3;

const rows: readonly Row[] = [
  ...[4, 8].flatMap((batch) =>
    Object.keys(methods).map((method): Row => {
      const items = [uniform(batch)];
      return { name: `step ${method} ${batch}`, method, batch, theirs: items, ours: items, warm: items };
    }),
  ),
  ...['layernorm', 'lora (text)'].map((method): Row => {
    const items = [uniform(4)];
    const settings = { method, batch: 4, precision: 'float16' as const };
    return { name: `step ${method}, frozen float16 4`, ...settings, theirs: items, ours: items, warm: items };
  }),
  ...['layernorm', 'layernorm (text)'].flatMap((method) =>
    (['by_item', 'by_image'] as const).map((batching): Row => {
      const ours = epochOf(epochImages, 8, batching);
      const warm = method.includes('text') ? ours : ours.slice(0, 1);
      const theirs = epochOf(epochImages, 8, 'by_item');
      return { name: `epoch ${method} ${batching}`, method, batch: 8, theirs, ours, warm };
    }),
  ),
];

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    rounds: { type: 'string', default: '3' },
    threads: { type: 'string', default: String(os.availableParallelism()) },
    python: { type: 'string' },
    work: { type: 'string', default: path.join(os.tmpdir(), 'medpeft-bench') },
  },
});

/** Model and images, made once. */
function prepare(): { folder: string; pixels: string } {
  const folder = path.join(options.work, 'blip-vqa-base');
  const pixels = path.join(options.work, 'pixels.f32');
  mkdirSync(options.work, { recursive: true });
  if (!existsSync(path.join(folder, 'model.safetensors'))) writeRandomModel(folder, blipBase);
  const image = Float32Array.from({ length: 8 * 3 * blipBase.imageSize ** 2 }, (_, i) => Math.sin(i * 0.37 + i / 997));
  writeFileSync(pixels, new Uint8Array(image.buffer));
  return { folder, pixels };
}

/** One step of a side, and its ceiling just before: other programs slow both. */
async function take(side: Side, items: readonly Item[], into: SideResult): Promise<void> {
  const gflops = await side.ceiling();
  const { seconds, flops, loss, parts } = await side.step(items);
  if (parts) into.parts = parts;
  into.steps.push({ seconds, gflops, loss, items: items.length, ...(flops === undefined ? {} : { flops }) });
}

async function measure(row: Row): Promise<Measured> {
  const settings = {
    ...prepare(),
    imageSize: blipBase.imageSize,
    method: row.method,
    ...(row.precision && { precision: row.precision }),
    threads: Number(options.threads),
  };
  const sides = {
    engine: { command: [process.execPath, path.join(__dirname, 'engine.js')], asked: row.ours },
    pytorch: { command: [options.python ?? python(), 'bench/pytorch.py'], asked: row.theirs },
  };
  const results: Record<keyof typeof sides, SideResult> = {
    engine: { steps: [], peak: 0, trainable: 0 },
    pytorch: { steps: [], peak: 0, trainable: 0 },
  };
  const opened: Partial<Record<keyof typeof sides, Side>> = {};
  const names = ['engine', 'pytorch'] as const;
  for (const name of names) {
    const side = await openSide(sides[name].command, settings);
    opened[name] = side;
    results[name].trainable = side.trainable;
    for (const items of name === 'engine' ? row.warm : row.theirs.slice(0, 1)) await side.step(items);
  }
  // of an epoch the engine is asked for all that there is, since its batches are unequal
  const rounds = Math.max(Number(options.rounds), row.name.startsWith('epoch') ? row.ours.length : 0);
  for (let round = 0; round < rounds; round++)
    for (const name of names) {
      const { asked } = sides[name];
      if (name === 'engine' || round < Number(options.rounds))
        await take(opened[name]!, asked[round % asked.length]!, results[name]);
    }
  for (const name of names) {
    results[name].peak = await opened[name]!.peak();
  }
  // after the peak was read, which this is not to raise
  const planned = row.name.startsWith('epoch') ? undefined : await opened.engine!.plan(row.ours[0]!);
  for (const name of names) await opened[name]!.close();
  return {
    ...results,
    ...(planned && { planned }),
    method: row.method,
    ...(row.precision && { precision: row.precision }),
    batch: row.batch,
    machine: `${os.cpus()[0]!.model}, ${options.threads} threads, ${Math.round(os.totalmem() / 2 ** 30)} GB`,
    versions: { node: process.versions.node, ...opened.pytorch!.versions },
    load: os.loadavg()[1]!,
    date: new Date().toISOString().slice(0, 10),
  };
}

async function main(): Promise<void> {
  for (const row of rows.filter(({ name }) => name.includes(options.only))) {
    console.log(`${new Date().toISOString().slice(11, 19)} ${row.name}`);
    keepRow(row.name, await measure(row));
  }
}

void main();
