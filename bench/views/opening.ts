/**
 * What the live panel's reading takes, without the drawing: opening 200 finished runs of 100,000 events each, and one run of a million events that nobody has
 * summed up. Runs the extension's own thread (dist/thread.js) and measures times, the longest pause of the host, and memory.
 */
import { appendFileSync, linkSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { LiveChoice } from '../../client/panels/protocol';
import { createReader } from '../../client/panels/reader';
import { liveViewState } from '../../client/panels/viewState';
import { listRuns, openRun, type RunSummary } from '../../runner/runs';
import type { Manifest } from '../../schemas/generated/manifest';
import type { Result } from '../../schemas/generated/result';
import { measured, type Opened } from './results';

const [runs, events, long] = [200, 100_000, 1_000_000];
const scratch = mkdtempSync(path.join(os.tmpdir(), 'medpeft-views-'));
const time = (i: number) => new Date(1_750_000_000_000 + 100 * i).toISOString();

/** Writes a training that falls from 5 with noise; every thousandth event is a validation. In pieces, so that memory tells of reading alone. */
function writeEvents(file: string, n: number): void {
  const piece = 20_000;
  for (let from = 0; from < n; from += piece) {
    const lines = Array.from({ length: Math.min(piece, n - from) }, (_, k) => {
      const seq = from + k;
      return `${JSON.stringify({ seq, time: time(seq), ...event(seq, n) })}\n`;
    });
    appendFileSync(file, lines.join(''));
  }
}
function event(i: number, n: number): object {
  if (i === 0) return { type: 'run_started', run: 'r', total_steps: n, steps_per_epoch: 1000, trainable: 7168 };
  if (i === n - 1) return { type: 'run_finished', step: n };
  return i % 1000 === 0 ? validation(i) : step(i);
}
function step(i: number): object {
  const loss = 5 * Math.exp(-i / 30_000) + 0.5 * Math.sin(i * 12.9898);
  const rates = { learning_rate: 1e-4, gradient_norm: 1 + Math.cos(i), target_tokens: 40, items: 16 };
  const pace = { items_per_second: 120.25, seconds: i / 10, seconds_left: 1e4 - i / 10, memory_bytes: 271_000_000 };
  return { type: 'step', step: i, epoch: i / 1000, loss, ...rates, ...pace };
}
function validation(i: number): object {
  const metrics = { exact_match: { value: 0.5 - 1 / i, n: 119, low: 0.3, high: 0.6 } };
  return { type: 'evaluation', step: i, role: 'validation', split: 'validation', loss: 2, metrics };
}

function manifestOf(seed: number): Manifest {
  const resolved = { model: {}, task: {}, method: {}, training: {}, datasets: {} };
  return { format: 1, run: `run-${seed}`, created: time(seed), model: 'm', task: 't', method: 'lora', seed, resolved };
}
const resultOf = ({ run }: Manifest): Result => ({
  format: 1,
  run,
  finished: time(0),
  metrics: { 'rad/test': { exact_match: { value: 0.5, n: 119, low: 0.4, high: 0.6 } } },
  counts: { trainable: 7168, added: 0, base_total: 2_634_844, percent: 0.27, tensors: 10 },
  steps: events,
  seconds: 1e4,
});

function addRun(dir: string, seed: number): string {
  const folder = path.join(dir, `run-${seed}`);
  mkdirSync(folder, { recursive: true });
  const manifest = manifestOf(seed);
  writeFileSync(path.join(folder, 'manifest.json'), JSON.stringify(manifest));
  writeFileSync(path.join(folder, 'result.json'), JSON.stringify(resultOf(manifest)));
  return folder;
}

/** Opens these runs in the thread; resolves when all of them were told. */
async function open(summaries: readonly RunSummary[]): Promise<Opened> {
  const alive = setInterval(() => {}, 1000); // the thread keeps nobody from ending
  const delays = monitorEventLoopDelay({ resolution: 5 });
  const reader = createReader(path.resolve('dist/thread.js'));
  delays.enable();
  const begun = performance.now();
  const known = new Set<string>();
  let first = 0;
  await new Promise<void>((resolve, reject) => {
    const session = reader.open((told) => {
      if (told.type === 'problem') return reject(new Error(told.stack));
      if (told.type !== 'live') return;
      first ||= performance.now() - begun;
      const { message } = told;
      if (message.type === 'hydrate') for (const { run } of message.runs) known.add(run);
      if (message.type === 'run') known.add(message.data.run);
      if (known.size === summaries.length) resolve();
    });
    const view = liveViewState({ smoothing: 0.9 });
    const choice: LiveChoice = { quantities: [undefined, undefined], axis: 'step', smoothing: 0.9 };
    session.ask({ type: 'begin', view, choice, shown: { label: 'bench', runs: [...summaries] } });
  });
  const all = performance.now() - begun;
  const memory = process.memoryUsage.rss();
  reader.dispose();
  clearInterval(alive);
  const hostPause = delays.max / 1e6;
  return { runs: summaries.length, first, all, hostPause, megabytes: memory / 1e6 };
}

async function main(): Promise<void> {
  const dir = path.join(scratch, 'runs');
  const original = addRun(dir, 0);
  const file = path.join(original, 'events.jsonl');
  writeEvents(file, events);
  // its owner sums up what it leaves
  const begun = performance.now();
  await (await openRun(original)).close();
  const summed = performance.now() - begun;
  for (let seed = 1; seed < runs; seed++)
    for (const name of ['events.jsonl', 'curves.jsonl'])
      linkSync(path.join(original, name), path.join(addRun(dir, seed), name));
  const megabytes = (name: string) => statSync(path.join(original, name)).size / 1e6;
  const listed = performance.now();
  const summaries = listRuns(dir);
  const listing = performance.now() - listed;
  const many = { events, ...(await open(summaries)) };

  const lone = path.join(scratch, 'lone');
  writeEvents(path.join(addRun(lone, 0), 'events.jsonl'), long);
  const one = { events: long, ...(await open(listRuns(lone))) };
  const summary = { milliseconds: summed, from: megabytes('events.jsonl'), to: megabytes('curves.jsonl') };
  measured('opening', { summary, listing, many, one });
  rmSync(scratch, { recursive: true });
}

void main();
