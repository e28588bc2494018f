/** What happens to machines: disks fill up or cannot be written, folders vanish, clocks jump. By real runs in processes of their own. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type RunEvent, readEvents, readKeptCurves, readRun } from '../../../runner/runs';
import { cli, worker as workerFile } from '../../programs';
import { tinyRun } from '../training/tiny';
import { temporaryFolder } from './fixture';
import { curveOf, folderOf, startWorker, trainedBytes } from './killed';

const finished = { report: { type: 'ended', outcome: 'finished' } };

/** A disk of so many bytes, where this process may mount one. */
function smallDisk(size: string): string | undefined {
  const folder = temporaryFolder();
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder]).status !== 0) return undefined;
  onTestFinished(() => void spawnSync('umount', ['-l', folder]));
  return folder;
}

describe('a full disk', () => {
  it('ends a run with a word; with room again it goes on to the same bytes', async () => {
    const whole = tinyRun(temporaryFolder());
    expect(await startWorker(workerFile, whole).ended).toMatchObject(finished);
    const disk = smallDisk('160k');
    if (!disk) {
      // the system's file that is always full, in place of the events
      const run = tinyRun(temporaryFolder());
      mkdirSync(folderOf(run), { recursive: true });
      symlinkSync('/dev/full', path.join(folderOf(run), 'events.jsonl'));
      const { report } = await startWorker(workerFile, run).ended;
      expect(report).toMatchObject({ type: 'refused', code: 'MP4001', hint: expect.stringMatching(/make room/) });
      return;
    }
    const run = tinyRun(disk);
    const { report } = await startWorker(workerFile, run).ended;
    expect(report).not.toMatchObject(finished.report);
    const said = report?.type === 'refused' ? report : readRun(folderOf(run)).lastEvent;
    expect(said).toMatchObject({ code: 'MP4001', hint: expect.stringMatching(/make room/) });
    execFileSync('mount', ['-o', 'remount,size=50m', disk]);
    expect(await startWorker(workerFile, run).ended).toMatchObject(finished);
    expect(trainedBytes(run).equals(trainedBytes(whole))).toBe(true);
    expect(curveOf(run)).toEqual(curveOf(whole));
  });
});

describe('a folder that cannot be written', () => {
  const refused = { code: 'MP4001', hint: expect.stringMatching(/output_dir/) };

  it('is said before the first step, and in mid-run; writable again it goes on to the same bytes', async ({ skip }) => {
    const disk = smallDisk('50m');
    // who is not root is held to folders without the right to write in folder.test.ts
    if (!disk) return skip('no disk can be mounted here');
    const [whole, run] = [tinyRun(temporaryFolder()), tinyRun(disk)];
    expect(await startWorker(workerFile, whole).ended).toMatchObject(finished);
    const remount = (how: string) => execFileSync('mount', ['-o', `remount,${how}`, disk]);
    remount('ro');
    expect((await startWorker(workerFile, run).ended).report).toMatchObject({ type: 'refused', ...refused });
    remount('rw');
    // a disk with an error is made read-only while files on it are open: there the write itself fails
    const { report } = await startWorker(workerFile, run, (event, worker) => {
      if (event.type === 'checkpoint') worker.kill('SIGKILL');
    }).ended;
    expect(report).toBeUndefined();
    remount('ro');
    expect((await startWorker(workerFile, run).ended).report).toMatchObject({ type: 'refused', ...refused });
    for (const command of ['status', 'compare'])
      expect(spawnSync(process.execPath, [cli, command, disk], { encoding: 'utf8' }).stdout).not.toBe('');
    expect(readRun(folderOf(run)).state).toBe('interrupted');
    remount('rw');
    expect(await startWorker(workerFile, run).ended).toMatchObject(finished);
    expect(trainedBytes(run).equals(trainedBytes(whole))).toBe(true);
    expect(curveOf(run)).toEqual(curveOf(whole));
  });
});

it('a run whose folder is deleted while it goes on ends with a word, and begins anew when it is run again', async () => {
  const run = tinyRun(temporaryFolder());
  const told: RunEvent[] = [];
  const { report } = await startWorker(workerFile, run, (event) => {
    told.push(event);
    if (event.type === 'step' && event.step === 3) rmSync(folderOf(run), { recursive: true, force: true });
  }).ended;
  // nothing is left that could hold the word: who listens hears it
  expect(report).toMatchObject({ type: 'ended', outcome: 'failed' });
  expect(told.at(-1)).toMatchObject({ type: 'run_failed', code: 'MP4001', message: expect.stringMatching(/deleted/) });
  expect(await startWorker(workerFile, run).ended).toMatchObject(finished);
  expect(readEvents(folderOf(run)).events[0]).toMatchObject({ type: 'run_started', seq: 0 });
});

it('reading a run changes nothing in its folder', async () => {
  const run = tinyRun(temporaryFolder(), 'base');
  await startWorker(workerFile, run).ended;
  const folder = folderOf(run);
  const state = () =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => {
      const { mtimeMs, size } = statSync(path.join(folder, name));
      return `${name} ${mtimeMs} ${size}`;
    });
  const before = state();
  readRun(folder);
  readEvents(folder);
  readKeptCurves(folder, new Set());
  for (const command of ['status', 'compare']) execFileSync(process.execPath, [cli, command, path.dirname(folder)]);
  expect(state()).toEqual(before);
});

it('a clock that jumps back an hour neither reorders events nor makes a dead run live', () => {
  const folder = temporaryFolder();
  const at = (hour: number) => `2026-01-01T0${hour}:00:00.000Z`;
  const head = { format: 1, run: 'r', created: at(5), model: 'm', task: 't', method: 'x', seed: 0 };
  const resolved = { model: {}, task: {}, method: {}, training: {}, datasets: {} };
  writeFileSync(path.join(folder, 'manifest.json'), JSON.stringify({ ...head, resolved }));
  const step = (n: number) => ({ type: 'step', step: n, loss: n, learning_rate: 1, seconds: n });
  const events = [{ type: 'run_started', run: 'r', total_steps: 9, trainable: 1 }, step(1), step(2), step(3)];
  const lines = events.map((event, seq) => JSON.stringify({ seq, time: at(seq === 2 ? 4 : 5), ...event }));
  writeFileSync(path.join(folder, 'events.jsonl'), `${lines.join('\n')}\n`);
  expect(readEvents(folder).events.map(({ seq }) => seq)).toEqual([0, 1, 2, 3]);
  expect(readRun(folder)).toMatchObject({ state: 'interrupted', progress: { step: 3 } });
});
