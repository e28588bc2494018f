/** Runs as processes of their own, on a real engine: killed, cancelled, started twice. Whatever happens is triggered by events, never by time. */
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { mulberry32 } from '../../../runner/data/random';
import type { PlannedRun } from '../../../runner/plan/types';
import { openRun, type RunEvent, readEvents, readRun } from '../../../runner/runs';
import { superviseRun } from '../../../runner/training/supervise';
import { worker as workerFile } from '../../programs';
import { tinyRun } from '../training/tiny';
import { temporaryFolder } from './fixture';
import { curveOf, type Ended, folderOf, startWorker, trainedBytes } from './killed';

/** Starts a worker that ends with the test. */
function start(run: PlannedRun, onEvent?: (event: RunEvent, worker: ChildProcess) => void): Promise<Ended> {
  const { worker, ended } = startWorker(workerFile, run, onEvent);
  onTestFinished(() => void worker.kill('SIGKILL'));
  return ended;
}

const finished = { report: { type: 'ended', outcome: 'finished' } };

const undisturbed = new Map<string, Promise<PlannedRun>>();
const undisturbedFolder = mkdtempSync(path.join(os.tmpdir(), 'medpeft-'));
afterAll(() => rmSync(undisturbedFolder, { recursive: true, force: true }));

/** A run of the method that nobody disturbed: what every other one must come to. */
function whole(method: string): Promise<PlannedRun> {
  const make = async () => {
    const run = tinyRun(undisturbedFolder, method);
    expect(await start(run)).toMatchObject(finished);
    return run;
  };
  const made = undisturbed.get(method) ?? make();
  undisturbed.set(method, made);
  return made;
}

describe('a run that is killed', () => {
  it.each<[string, string, (event: RunEvent) => boolean]>([
    ['before its first checkpoint', 'layernorm', (e) => e.type === 'step' && e.step === 3],
    ['in mid-run', 'lora', (e) => e.type === 'step' && e.step === 14],
    ['after a score, before its checkpoint', 'layernorm', (e) => e.type === 'evaluation' && e.step === 16],
    ['after its last checkpoint', 'lora', (e) => e.type === 'checkpoint' && e.step === 24],
    ['after the test score', 'layernorm', (e) => e.type === 'evaluation' && e.role === 'test'],
  ])('%s ends with the same bytes when it is resumed', async (_when, method, when) => {
    const parted = tinyRun(temporaryFolder(), method);
    const killed = await start(parted, (event, worker) => when(event) && worker.kill('SIGKILL'));
    expect(killed).toEqual({ signal: 'SIGKILL', report: undefined });
    expect(readRun(folderOf(parted)).state).toBe('interrupted');
    expect(await start(parted)).toMatchObject(finished);
    expect(readRun(folderOf(parted)).state).toBe('finished');
    expect(trainedBytes(parted).equals(trainedBytes(await whole(method)))).toBe(true);
    expect(curveOf(parted)).toEqual(curveOf(await whole(method)));
    const seq = readEvents(folderOf(parted)).events.map((event) => event.seq);
    expect(seq).toEqual(seq.map((_, i) => i));
  });

  // one of each sort here, all of them by `npm run torture`
  const sorts = ['attention', 'lora_dropout', 'dora', 'ia3', 'projected_prefix', 'prompt', 'houlsby', 'rates'];
  const random = mulberry32(4);
  const points = sorts.map((method): [string, number] => [method, 1 + Math.floor(random() * 16)]);
  it.each(points)('tuned by %s, in step %d, ends with the same bytes when it is resumed', async (method, step) => {
    const parted = tinyRun(temporaryFolder(), method);
    const last = method === 'rates' ? step + 24 : step;
    await start(parted, (event, worker) => event.type === 'step' && event.step === last && worker.kill('SIGKILL'));
    expect(readRun(folderOf(parted)).state).toBe('interrupted');
    expect(await start(parted)).toMatchObject(finished);
    expect(trainedBytes(parted).equals(trainedBytes(await whole(method)))).toBe(true);
    expect(curveOf(parted)).toEqual(curveOf(await whole(method)));
  });

  it('is recorded by its supervisor, with advice (MP4008)', async () => {
    const run = tinyRun(temporaryFolder());
    const events: RunEvent[] = [];
    const supervised = superviseRun(run, workerFile, (event) => {
      events.push(event);
      if (event.type === 'step' && event.step === 2) {
        const { pid } = JSON.parse(readFileSync(path.join(folderOf(run), 'heartbeat'), 'utf8')) as { pid: number };
        process.kill(pid, 'SIGKILL');
      }
    });
    expect(await supervised.outcome).toBe('failed');
    expect(events.at(-1)).toMatchObject({
      type: 'run_failed',
      code: 'MP4008',
      hint: expect.stringContaining('memory'),
    });
    expect(readRun(folderOf(run)).state).toBe('failed');
  });
});

it.runIf(process.platform !== 'win32')(
  'a worker whose heap is full ends as a failed run with advice (MP4010)',
  async () => {
    const run = tinyRun(temporaryFolder());
    // filled by JavaScript: where native code is the one that gets no heap, it may crash without a word
    const fills = path.join(temporaryFolder(), 'fills.cjs');
    writeFileSync(fills, 'process.once("message", () => { for (const all = []; ; ) all.push({ all }); });');
    vi.stubEnv('NODE_OPTIONS', `--max-old-space-size=32 --require ${JSON.stringify(fills)}`);
    const supervised = superviseRun(run, workerFile, () => {});
    vi.unstubAllEnvs();
    expect(await supervised.outcome).toBe('failed');
    expect(readRun(folderOf(run))).toMatchObject({
      state: 'failed',
      lastEvent: { type: 'run_failed', code: 'MP4010', hint: expect.stringContaining('gradient_accumulation_steps') },
    });
  },
);

describe('a run that is asked to stop', () => {
  it.each<[string, (run: PlannedRun, worker: ChildProcess) => void]>([
    ['by a file in its folder', (run) => writeFileSync(path.join(folderOf(run), 'cancel'), '')],
    ...(process.platform === 'win32'
      ? []
      : [
          ['by SIGTERM', (_run, worker) => worker.kill('SIGTERM')] as [
            string,
            (run: PlannedRun, worker: ChildProcess) => void,
          ],
        ]),
  ])('%s writes a checkpoint first, and goes on from there', async (_how, ask) => {
    const run = tinyRun(temporaryFolder());
    const asked = await start(run, (event, worker) => event.type === 'step' && event.step === 6 && ask(run, worker));
    expect(asked).toMatchObject({ report: { type: 'ended', outcome: 'cancelled' } });
    const { state, lastEvent } = readRun(folderOf(run));
    expect(state).toBe('cancelled');
    const last = readEvents(folderOf(run)).events.findLast(({ type }) => type === 'checkpoint');
    expect(last).toMatchObject({ step: lastEvent!.type === 'run_cancelled' ? lastEvent!.step : -1 });
    expect(await start(run)).toMatchObject(finished);
    expect(trainedBytes(run).equals(trainedBytes(await whole('layernorm')))).toBe(true);
  });

  it('ends with its parent', async () => {
    const run = tinyRun(temporaryFolder());
    const ended = await start(run, (event, worker) => event.type === 'step' && event.step === 2 && worker.disconnect());
    expect(ended.report).toBeUndefined();
    expect(readRun(folderOf(run)).state).toBe('interrupted');
  });
});

describe('a run that cannot begin', () => {
  it('since it goes on already is refused (MP4002)', async () => {
    const run = tinyRun(temporaryFolder());
    const first = await openRun(folderOf(run));
    expect(await start(run)).toMatchObject({ report: { type: 'refused', code: 'MP4002' } });
    await first.close();
    expect(await start(run)).toMatchObject(finished);
  });

  it('since it is finished is left as it is', async () => {
    const run = tinyRun(temporaryFolder(), 'base');
    await start(run);
    const events = readEvents(folderOf(run)).offset;
    expect(await start(run)).toMatchObject(finished);
    expect(readEvents(folderOf(run)).offset).toBe(events);
  });

  it('since its folder cannot be written says so (MP4001)', async () => {
    const file = path.join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    expect(await start(tinyRun(path.join(file, 'runs')))).toMatchObject({
      report: { type: 'refused', code: 'MP4001' },
    });
  });

  it.each<[string, string, (run: PlannedRun) => void]>([
    ['its data are gone', 'MP2001', (run) => (run.datasets.rad!.path = '/nowhere')],
    ['its checkpoint is another one', 'MP4003', (run) => (run.hashes.model = 'other')],
    ['its backend is unknown', 'MP3101', (run) => (run.runtime.backend = 'abacus')],
    ['a group has no rate', 'MP1004', (run) => (run.method.learningRate = {})],
  ])('since %s fails with a word in its folder (%s)', async (_why, code, spoil) => {
    const run = tinyRun(temporaryFolder());
    spoil(run);
    expect(await start(run)).toMatchObject({ report: { type: 'ended', outcome: 'failed' } });
    expect(readRun(folderOf(run))).toMatchObject({ state: 'failed', lastEvent: { type: 'run_failed', code } });
  });
});

it('two runs with the same seed end with the same bytes, and one with another seed does not', async () => {
  const [again, other] = [tinyRun(temporaryFolder(), 'lora'), { ...tinyRun(temporaryFolder(), 'lora'), seed: 1 }];
  expect(await start(again)).toMatchObject(finished);
  expect(await start(other)).toMatchObject(finished);
  expect(trainedBytes(again).equals(trainedBytes(await whole('lora')))).toBe(true);
  expect(trainedBytes(other).equals(trainedBytes(again))).toBe(false);
});

it('a run without its predictions is whole again after it is run again', async () => {
  const run = tinyRun(temporaryFolder(), 'base');
  await start(run);
  rmSync(path.join(folderOf(run), 'result.json'));
  expect(readRun(folderOf(run)).state).toBe('interrupted');
  expect(await start(run)).toMatchObject(finished);
  expect(readRun(folderOf(run)).state).toBe('finished');
});
