import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  createRun,
  listRuns,
  type NewEvent,
  openRun,
  readEvents,
  readPredictions,
  readRun,
} from '../../../runner/runs';
import { heartbeatTimeoutMs, thisProcess } from '../../../runner/runs/process';
import { readSubmission, writeSubmission } from '../../../runner/runs/submission';
import { manifest, result, temporaryFolder } from './fixture';

const started: NewEvent = { type: 'run_started', run: manifest.run, total_steps: 4, trainable: 1 };
const step = (n: number): NewEvent => ({ type: 'step', step: n, loss: 1 / n, learning_rate: 0.1, seconds_left: 9 - n });

/** Number of a process that has ended. */
const deadPid = () => spawnSync(process.execPath, ['-e', '']).pid;

async function newRun() {
  const folder = path.join(temporaryFolder(), 'runs', manifest.run);
  return { folder, run: await createRun(folder, manifest) };
}

describe('events', () => {
  it('are numbered lines, held to their schema', async () => {
    const { folder, run } = await newRun();
    run.append(started);
    run.append(step(1));
    expect(() => run.append({ ...step(2), loss: 'low' } as unknown as NewEvent)).toThrow(/loss must be number/);
    run.append(step(2));
    await run.close();
    expect(readEvents(folder).events.map((e) => [e.seq, e.type])).toEqual([
      [0, 'run_started'],
      [1, 'step'],
      [2, 'step'],
    ]);
  });

  it('are read from an offset on, half a line held back', async () => {
    const { folder, run } = await newRun();
    run.append(started);
    const first = readEvents(folder);
    expect(first.events).toHaveLength(1);
    const file = path.join(folder, 'events.jsonl');
    appendFileSync(file, '{"type":"step","seq":1,"time":"","step":1,');
    expect(readEvents(folder, first.offset)).toEqual({ events: [], offset: first.offset });
    appendFileSync(file, '"loss":1,"learning_rate":0}\n');
    expect(readEvents(folder, first.offset).events).toMatchObject([{ seq: 1, step: 1 }]);
    await run.close();
  });

  it('go on after a torn line with the next number', async () => {
    const { folder, run } = await newRun();
    run.append(started);
    await run.close();
    appendFileSync(path.join(folder, 'events.jsonl'), '{"type":"step","seq":1,"ti');
    const again = await openRun(folder);
    again.append({ type: 'run_resumed', from_step: 0 });
    await again.close();
    expect(readEvents(folder).events.map((e) => [e.seq, e.type])).toEqual([
      [0, 'run_started'],
      [1, 'run_resumed'],
    ]);
  });
});

describe('state', () => {
  it('goes from queued over running to finished', async () => {
    const { folder, run } = await newRun();
    expect(readRun(folder).state).toBe('queued');
    run.append(started);
    run.append(step(2));
    expect(readRun(folder)).toMatchObject({
      state: 'running',
      progress: { step: 2, totalSteps: 4, loss: 0.5, secondsLeft: 7 },
    });
    run.writeResult(result);
    expect(readRun(folder)).toMatchObject({ state: 'running' });
    expect(readRun(folder).result).toBeUndefined();
    run.append({ type: 'run_finished', step: 4 });
    await run.close();
    expect(readRun(folder)).toMatchObject({ state: 'finished', result: { steps: 4 } });
  });

  it.each<[string, NewEvent]>([
    ['failed', { type: 'run_failed', code: 'MP4005', message: 'no' }],
    ['cancelled', { type: 'run_cancelled', step: 1 }],
  ])('%s', async (state, event) => {
    const { folder, run } = await newRun();
    run.append(started);
    run.append(event);
    await run.close();
    expect(readRun(folder).state).toBe(state);
    const again = await openRun(folder);
    again.append({ type: 'run_resumed', from_step: 0 });
    expect(readRun(folder).state).toBe('running');
    await again.close();
  });

  const me = thisProcess();
  it.each<[string, string, object, number]>([
    ['a process of this host', 'running', me, 0],
    ['a process of this host, its heart stopped by a busy disk', 'running', me, heartbeatTimeoutMs * 2],
    ['a later process with the same number', 'interrupted', { ...me, started: 'other-1' }, 0],
    ['another host, fresh', 'running', { host: `not-${os.hostname()}`, pid: 1 }, 0],
    ['another host, silent', 'interrupted', { host: `not-${os.hostname()}`, pid: 1 }, heartbeatTimeoutMs + 1000],
    ['a dead process', 'interrupted', { host: os.hostname(), pid: deadPid() }, 0],
  ])('%s: %s', async (_who, state, who, ageMs) => {
    if (process.platform !== 'linux' && ageMs === heartbeatTimeoutMs * 2) return;
    const { folder, run } = await newRun();
    run.append(started);
    await run.close();
    const file = path.join(folder, 'heartbeat');
    writeFileSync(file, JSON.stringify({ ...who, time: '' }));
    const time = new Date(Date.now() - ageMs);
    utimesSync(file, time, time);
    expect(readRun(folder).state).toBe(state);
  });

  it('reads the last step from the end of a long file', async () => {
    const { folder, run } = await newRun();
    run.append(started);
    for (let n = 1; n <= 4000; n++) run.append(step(n));
    await run.close();
    expect(readRun(folder).progress).toMatchObject({ step: 4000, totalSteps: 4 });
  });
});

describe('the list', () => {
  it('is empty without a folder, and leaves damaged runs out with a word', async () => {
    const dir = temporaryFolder();
    expect(listRuns(path.join(dir, 'none'))).toEqual([]);
    for (const name of ['b', 'a']) await (await createRun(path.join(dir, name), { ...manifest, run: name })).close();
    mkdirSync(path.join(dir, 'not-a-run'));
    mkdirSync(path.join(dir, 'c'));
    writeFileSync(path.join(dir, 'c', 'manifest.json'), '{"format": 1');
    const problems: string[] = [];
    expect(listRuns(dir, (e) => problems.push(e.code)).map(({ id }) => id)).toEqual(['a', 'b']);
    expect(problems).toEqual(['MP4003']);
    expect(() => readRun(path.join(dir, 'not-a-run'))).toThrow(expect.objectContaining({ code: 'MP4007' }));
  });
});

describe('ownership', () => {
  it('a run that is alive cannot be started a second time (MP4002)', async () => {
    const { folder, run } = await newRun();
    await expect(openRun(folder)).rejects.toMatchObject({ code: 'MP4002' });
    await run.close();
    await (await openRun(folder)).close();
    expect(readdirSync(folder).filter((name) => name.startsWith('lock.'))).toEqual([]);
  });

  it('of many starts at once one wins', async () => {
    const folder = path.join(temporaryFolder(), 'run');
    const starts = await Promise.allSettled([1, 2, 3, 4].map(() => openRun(folder)));
    const won = starts.filter((start) => start.status === 'fulfilled');
    expect(won).toHaveLength(1);
    for (const start of starts) if (start.status === 'rejected') expect(start.reason).toMatchObject({ code: 'MP4002' });
    await won[0]!.value.close();
  });

  it('a dead owner loses the run, a silent one on another host too', async () => {
    const folder = path.join(temporaryFolder(), 'run');
    mkdirSync(folder);
    const owners = [
      { host: os.hostname(), pid: deadPid() },
      { host: `not-${os.hostname()}`, pid: 1 },
    ];
    for (const [i, owner] of owners.entries()) {
      const file = path.join(folder, `lock.${i}`);
      writeFileSync(file, `${JSON.stringify({ ...owner, time: '' })}\n`);
      const old = new Date(Date.now() - heartbeatTimeoutMs - 1000);
      utimesSync(file, old, old);
    }
    await (await openRun(folder)).close();
    expect(readdirSync(folder).filter((name) => name.startsWith('lock.'))).toEqual([]);
  });

  it('an output folder that cannot be written is MP4001', async () => {
    const dir = temporaryFolder();
    writeFileSync(path.join(dir, 'file'), '');
    mkdirSync(path.join(dir, 'read-only'), { mode: 0o500 });
    // root may write anywhere
    const places = process.getuid?.() === 0 || process.platform === 'win32' ? ['file'] : ['file', 'read-only'];
    for (const place of places) {
      const folder = path.join(dir, place, 'run');
      await expect(openRun(folder)).rejects.toMatchObject({ code: 'MP4001', place: folder });
    }
  });
});

describe('files', () => {
  it('predictions come back as written; nothing temporary stays', async () => {
    const { folder, run } = await newRun();
    const line = {
      id: '1',
      question: 'q',
      reference: 'r',
      prediction: 'p',
      scores: { exact_match: 0, open_recall: null },
    };
    run.writePredictions('test', 'rad/test', [line]);
    expect([...readPredictions(folder)]).toEqual([['test-rad-test', [line]]]);
    expect(() => run.writeResult({ ...result, steps: 'four' } as never)).toThrow(/steps must be integer/);
    expect(existsSync(path.join(folder, 'result.json'))).toBe(false);
    run.writeResult(result);
    expect(JSON.parse(readFileSync(path.join(folder, 'result.json'), 'utf8'))).toEqual(result);
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    await run.close();
  });

  it('a request to stop is seen, and does not outlive the process it was for', async () => {
    const { folder, run } = await newRun();
    expect(run.cancelRequested()).toBe(false);
    writeFileSync(path.join(folder, 'cancel'), '');
    expect(run.cancelRequested()).toBe(true);
    await run.close();
    const again = await openRun(folder);
    expect(again.cancelRequested()).toBe(false);
    await again.close();
  });
});

describe('a run that a scheduler has', () => {
  it('is queued until an event comes, or a process takes it, and again when it is queued again', async () => {
    const { folder, run } = await newRun();
    run.append(started);
    run.append({ type: 'run_cancelled', step: 0 });
    await run.close();
    writeSubmission(folder, '12_3');
    expect(readRun(folder).state).toBe('queued');
    const task = await openRun(folder);
    expect(readSubmission(folder)).toBeUndefined();
    task.append({ type: 'run_resumed', from_step: 0 });
    expect(readRun(folder).state).toBe('running');
    task.append({ type: 'run_cancelled', step: 0 });
    await task.close();
    writeSubmission(folder, '12_3');
    expect(readSubmission(folder)).toMatchObject({ job: '12_3', from_seq: 4 });
    expect(readRun(folder).state).toBe('queued');
    const closing = await openRun(folder, { works: false });
    closing.append({ type: 'run_cancelled', step: 0 });
    await closing.close();
    expect(readRun(folder).state).toBe('cancelled');
  });
});
