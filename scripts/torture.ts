/**
 * npm run torture [RUNS] [SEED]: runs of every method on the tiny model are killed (SIGKILL) at seeded points, up to three times each, and resumed. Each must
 * end with the bytes and the curve of a run that nobody disturbed. Points are an event and some milliseconds after it, so that kills fall into steps,
 * evaluations and half-written files alike.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { mulberry32 } from '../runner/data/random';
import { readEvents, readRun } from '../runner/runs';
import { curveOf, folderOf, startWorker, trainedBytes } from '../test/unit/runs/killed';
import { tinyMethods, tinyRun } from '../test/unit/training/tiny';

const workerFile = path.resolve('dist/worker.js');
const [count, seed] = [Number(process.argv[2] ?? 100), Number(process.argv[3] ?? 0)];
const random = mulberry32(seed);
const upTo = (n: number) => Math.floor(random() * n);
const scratch = mkdtempSync(path.join(os.tmpdir(), 'medpeft-torture-'));

interface Whole {
  bytes: Buffer;
  curve: unknown[];
  events: number;
}

async function undisturbed(method: string): Promise<Whole> {
  const run = tinyRun(path.join(scratch, 'whole'), method);
  await startWorker(workerFile, run).ended;
  const { state, lastEvent } = readRun(folderOf(run));
  if (state !== 'finished') throw new Error(`${method}, undisturbed, is ${state}: ${JSON.stringify(lastEvent)}`);
  return { bytes: trainedBytes(run), curve: curveOf(run), events: readEvents(folderOf(run)).events.length };
}

/** Starts the run and kills it at an event of this start, or soon after. @returns whether the kill came in time */
async function killOnce(run: ReturnType<typeof tinyRun>, event: number, delayMs: number): Promise<boolean> {
  let seen = 0;
  const { ended } = startWorker(workerFile, run, (_, worker) => {
    if (seen++ === event) setTimeout(() => worker.kill('SIGKILL'), delayMs);
  });
  return (await ended).signal === 'SIGKILL';
}

async function main(): Promise<void> {
  const wholes = new Map<string, Whole>();
  const bad: string[] = [];
  let kills = 0;
  for (let i = 0; i < count; i++) {
    const method = tinyMethods[i % tinyMethods.length]!;
    if (!wholes.has(method)) wholes.set(method, await undisturbed(method));
    const whole = wholes.get(method)!;
    const folder = path.join(scratch, String(i));
    mkdirSync(folder);
    const run = tinyRun(folder, method);
    const points = Array.from({ length: 1 + upTo(3) }, () => ({ event: upTo(whole.events), delayMs: upTo(30) }));
    for (const { event, delayMs } of points) if (await killOnce(run, event, delayMs)) kills++;
    await startWorker(workerFile, run).ended;
    const problem =
      readRun(folderOf(run)).state !== 'finished'
        ? `is ${readRun(folderOf(run)).state}`
        : !trainedBytes(run).equals(whole.bytes)
          ? 'ended with other bytes'
          : !isDeepStrictEqual(curveOf(run), whole.curve)
            ? 'has another curve'
            : undefined;
    if (problem) bad.push(`${method}, killed at ${JSON.stringify(points)}, ${problem}: ${folder}`);
    else rmSync(folder, { recursive: true });
    console.error(`${i + 1}/${count} ${method}: ${problem ?? 'same bytes'}`);
  }
  for (const line of bad) console.log(line);
  if (bad.length === 0) rmSync(scratch, { recursive: true });
  console.log(
    `torture: ${count - bad.length} of ${count} runs ended with the same bytes after ${kills} kills; ${wholes.size} methods, seed ${seed}`,
  );
  process.exitCode = bad.length > 0 ? 1 : 0;
}

void main();
