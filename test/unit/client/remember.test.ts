import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { rememberedLaunches, whenGone } from '../../../client/runner/remember';
import { thisProcess } from '../../../runner/runs/process';
import { memento } from './standIn';

const place = { specFile: '/w/a.medpeft.json', logFile: '/l/1.log' };

// start times are known on Linux only; elsewhere nothing is found again
describe.skipIf(process.platform !== 'linux')('rememberedLaunches', () => {
  it('finds a living process again after a reload, by number and start time', () => {
    const memory = memento();
    rememberedLaunches(memory).remember({ pid: process.pid, ...place });
    expect(rememberedLaunches(memory).alive()).toMatchObject([{ pid: process.pid, ...place }]);
    rememberedLaunches(memory).forget(process.pid);
    expect(rememberedLaunches(memory).alive()).toEqual([]);
  });

  it('is not deceived by another process with the same number', async () => {
    const memory = memento();
    await memory.update('launches', [{ ...thisProcess(), started: 'another boot-1', ...place }]);
    expect(rememberedLaunches(memory).alive()).toEqual([]);
  });

  it('knows when a process that it did not start is gone', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(child, 'spawn');
    const gone = whenGone(thisProcess(child.pid));
    child.kill('SIGKILL');
    await gone.ended;
    gone.dispose();
  });
});
