/** A thousand runs in one folder, and data sets of up to a million records. */
import { appendFileSync, createWriteStream, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { openFolder, readSplit } from '../../runner/data/read_split';
import { compareSummaries, readRuns, renderText } from '../../runner/reports';
import { listRuns } from '../../runner/runs';
import { watchRuns } from '../../runner/runs/watch';
import type { Manifest } from '../../schemas/generated/manifest';
import type { Result } from '../../schemas/generated/result';
import { processorSeconds } from './steps';

const scratch = () => mkdtempSync(path.join(os.tmpdir(), 'medpeft-scaling-'));
const time = new Date(1_750_000_000_000).toISOString();
const steps = 200;
const items = 200;

function writeRun(dir: string, number: number): void {
  const [method, seed] = [`method${number >> 2}`, number % 4];
  const run = `tiny--vqa--${method}--seed${seed}--${number}`;
  const folder = path.join(dir, run);
  mkdirSync(path.join(folder, 'predictions'), { recursive: true });
  const resolved = { model: {}, task: {}, method: {}, training: {}, datasets: {} };
  const manifest: Manifest = { format: 1, run, created: time, model: 'tiny', task: 'vqa', method, seed, resolved };
  const right = (item: number) => Number((item * 7 + number) % 3 === 0);
  const value = Array.from({ length: items }, (_, i) => right(i)).reduce((a, b) => a + b, 0) / items;
  const result: Result = {
    format: 1,
    run,
    finished: time,
    metrics: { 'rad/test': { exact_match: { value, n: items, low: value - 0.05, high: value + 0.05 } } },
    counts: { trainable: 100, added: 0, base_total: 1000, percent: 10, tensors: 10 },
    steps,
    seconds: 60,
  };
  const events = [
    { type: 'run_started', run, total_steps: steps, trainable: 100 },
    ...Array.from({ length: steps }, (_, i) => ({ type: 'step', step: i + 1, loss: 5 / (i + 1), learning_rate: 1e-3 })),
    { type: 'run_finished', step: steps },
  ];
  const lines = (rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  writeFileSync(path.join(folder, 'manifest.json'), JSON.stringify(manifest));
  writeFileSync(path.join(folder, 'result.json'), JSON.stringify(result));
  writeFileSync(path.join(folder, 'events.jsonl'), lines(events.map((event, seq) => ({ seq, time, ...event }))));
  const predictions = Array.from({ length: items }, (_, i) => ({
    id: String(i),
    image: `${i}.png`,
    question: 'Is it there?',
    reference: 'yes',
    prediction: right(i) ? 'yes' : 'no',
    scores: { exact_match: right(i) },
  }));
  writeFileSync(path.join(folder, 'predictions', 'test-rad-test.jsonl'), lines(predictions));
}

export interface Runs {
  runs: number;
  /** Processor seconds of listing them, and of comparing them to a table. */
  listing: number;
  comparing: number;
  /** Seconds from an event that is written in one of them until the watcher tells of it: the median of five. */
  watching: number;
}

export async function runGrowth(): Promise<Runs[]> {
  const dir = scratch();
  const rows: Runs[] = [];
  try {
    let made = 0;
    for (const runs of [10, 100, 1000]) {
      for (; made < runs; made++) writeRun(dir, made);
      const listing = await processorSeconds(async () => listRuns(dir));
      const comparing = await processorSeconds(async () =>
        renderText(compareSummaries(readRuns([dir]), { reference: 'method0' })),
      );
      rows.push({ runs, listing, comparing, watching: await watchSeconds(dir) });
    }
  } finally {
    rmSync(dir, { recursive: true });
  }
  return rows;
}

async function watchSeconds(dir: string): Promise<number> {
  const [run] = listRuns(dir).slice(-1);
  let told = (_folders: string[]) => {};
  const close = watchRuns(dir, (folders) => told(folders));
  const seconds: number[] = [];
  // the first one waits until the watcher has begun
  for (let i = 0; i < 6; i++) {
    const began = performance.now();
    const heard = new Promise<void>((resolve) => {
      told = (folders) => {
        if (folders.includes(run!.folder)) resolve();
      };
    });
    appendFileSync(path.join(run!.folder, 'events.jsonl'), '\n');
    // what looks every two seconds keeps nobody from ending
    const alive = setInterval(() => {}, 1000);
    await heard;
    clearInterval(alive);
    if (i > 0) seconds.push((performance.now() - began) / 1000);
  }
  await close();
  return seconds.sort((a, b) => a - b)[seconds.length >> 1]!;
}

export interface Records {
  records: number;
  /** Processor seconds of reading them one by one. */
  seconds: number;
}

export async function recordGrowth(): Promise<Records[]> {
  const rows: Records[] = [];
  for (const records of [10_000, 100_000, 1_000_000]) {
    const folder = scratch();
    try {
      const lines = function* () {
        yield 'image,question,answer\n';
        for (let i = 0; i < records; i++) yield `images/${i}.png,"Is there an opacity in patient ${i}?",yes\n`;
      };
      await pipeline(Readable.from(lines()), createWriteStream(path.join(folder, 'train.csv')));
      const opened = await openFolder({ format: 'table', path: folder });
      const seconds = await processorSeconds(async () => {
        let read = 0;
        for await (const record of readSplit(opened, 'train')) read += 'bad' in record ? 0 : 1;
        if (read !== records) throw new Error(`${read} of ${records} records were read`);
      });
      rows.push({ records, seconds });
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  return rows;
}
