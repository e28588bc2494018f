import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Answer, Launch, Launcher } from '../../../client/runner/launcher';
import { cancelExperiment, cancelRun } from '../../../client/runs/cancel';
import { fakeStore, run } from './runs';
import { standIn } from './standIn';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const running = run({ method: 'lora', state: 'running' });
const stopped = run({ method: 'lora', state: 'cancelled' });

/** @param answer what `cancel --force` says */
function parts(answer: Answer = { code: 0, lastWords: '', logFile: '', stopped: false }) {
  const told: string[] = [];
  const asked: string[] = [];
  let stopNow = () => {};
  const runs = fakeStore([running]);
  const launch = { specFile: '/w/a.medpeft.json', stopped: false } as Launch;
  const launcher = {
    active: () => [launch],
    stop: () => asked.push('SIGTERM'),
    ask: async (args: string[]) => {
      asked.push(args.join(' '));
      return answer;
    },
  } as unknown as Launcher;
  const window = {
    withProgress: (_options: object, task: (progress: object, token: object) => Promise<void>) =>
      task(
        { report: ({ message }: { message: string }) => told.push(message) },
        {
          onCancellationRequested: (listener: () => void) => {
            stopNow = listener;
            return { dispose: () => {} };
          },
        },
      ),
    showErrorMessage: async (text: string) => void told.push(text),
  };
  const settings = {
    nodePath: () => '',
    backend: () => '',
    device: () => '',
    concurrency: () => 1,
    forceAfterSeconds: () => 3,
    notify: () => true,
  };
  const queue = {
    waiting: () => [
      { id: 1, specFile: '/w/a.medpeft.json' },
      { id: 2, specFile: '/w/b.medpeft.json' },
    ],
    remove: (id: number) => void asked.push(`remove ${id}`),
  };
  return {
    vscode: standIn({ window }),
    runs,
    launcher,
    queue,
    settings,
    told,
    asked,
    launch,
    stopNow: () => stopNow(),
  };
}

const graceful = `cancel ${running.folder}`;
const forced = `cancel ${running.folder} --force`;

describe('cancelRun', () => {
  it('asks, and is done when the run is over', async () => {
    const p = parts();
    const done = cancelRun(p, running);
    p.runs.set([stopped]);
    await done;
    expect(p.asked).toEqual([graceful]);
    expect(p.launch.stopped).toBe(true);
  });

  it('counts down in sight, then ends it by force', async () => {
    const p = parts();
    const done = cancelRun(p, running);
    await vi.advanceTimersByTimeAsync(2999);
    expect(p.asked).toEqual([graceful]);
    expect(p.told.map((text) => /\d+ s/.exec(text)?.[0])).toEqual([undefined, '3 s', '2 s', '1 s']);
    await vi.advanceTimersByTimeAsync(1);
    p.runs.set([stopped]);
    await done;
    expect(p.asked).toEqual([graceful, forced]);
  });

  it('uses force at once when the user cancels the waiting', async () => {
    const p = parts();
    const done = cancelRun(p, running);
    p.stopNow();
    await done;
    expect(p.asked).toEqual([graceful, forced]);
  });

  it('says so when even that does not end it', async () => {
    const p = parts({ code: 1, lastWords: 'MP4007 it goes on on another machine', logFile: '', stopped: false });
    const done = cancelRun(p, running);
    p.stopNow();
    await done;
    expect(p.told.at(-1)).toBe('m--vqa--lora--seed0 could not be stopped: MP4007 it goes on on another machine');
  });
});

describe('cancelExperiment', () => {
  it('stops what has not begun before what goes on', async () => {
    const p = parts();
    const done = cancelExperiment(p, '/w/a.medpeft.json');
    p.runs.set([stopped]);
    await done;
    expect(p.asked).toEqual(['remove 1', 'SIGTERM', graceful]);
  });
});
