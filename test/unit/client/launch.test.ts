import type { ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { launchCli, type RunFilter, runArguments, shellText, withDevice } from '../../../client/runner/launch';
import { createLauncher } from '../../../client/runner/launcher';
import { lastLines } from '../../../client/runner/logFiles';
import type { FoundNode } from '../../../client/runner/node';
import { niceness } from '../../../client/runner/priority';
import type { Settings } from '../../../client/settings';
import { MedpeftError } from '../../../runner/errors';
import { patience } from '../../shared';
import { memento, standIn } from './standIn';

const node: FoundNode = { path: process.execPath, version: '24.0.0', source: 'PATH', env: { ONLY: 'this' } };
const scratch = () => mkdtempSync(path.join(os.tmpdir(), 'launch-'));

describe('runArguments', () => {
  it.each<[RunFilter, string[]]>([
    [{}, []],
    [{ methods: ['lora', 'a b'] }, ['--method=lora', '--method=a b']],
    [{ model: '-m', task: 'vqa', seeds: [0, 2] }, ['--model=-m', '--task=vqa', '--seed=0', '--seed=2']],
  ])('%j', (filter, flags) =>
    expect(runArguments('/w/a.medpeft.json', filter)).toEqual(['run', '/w/a.medpeft.json', ...flags]),
  );
});

describe('withDevice', () => {
  const settings = (backend: string, device: string) => ({ backend: () => backend, device: () => device });
  it.each([
    ['run', settings('', ''), []],
    ['run', settings('tfjs', ''), ['--backend=tfjs']],
    ['run', settings('', 'webgpu'), ['--device=webgpu']],
    ['run', settings('tfjs', 'cpu'), ['--backend=tfjs', '--device=cpu']],
    ['resume', settings('tfjs', 'cpu'), []],
  ] as const)('%s %#', (command, where, flags) => {
    expect(withDevice([command, 'x'], where)).toEqual([command, 'x', ...flags]);
  });
});

describe('shellText', () => {
  const words = ['/usr/bin/node', '/my files/cli.js', "it's $HOME", '--method=a'];
  it.each<[NodeJS.Platform, string]>([
    ['linux', `/usr/bin/node '/my files/cli.js' 'it'\\''s $HOME' --method=a`],
    ['win32', `/usr/bin/node "/my files/cli.js" "it's $HOME" --method=a`],
  ])('quotes for a shell of %s', (platform, text) => expect(shellText(words, platform)).toBe(text));
});

describe('launchCli', () => {
  it('starts without a shell, detached, hidden, with an argument array and no pipe', () => {
    const calls: unknown[][] = [];
    const lowered: number[] = [];
    let unrefs = 0;
    launchCli(
      { node, cli: '/x/cli.js', args: ['run', 'a; rm -rf'], cwd: '/w', logFile: path.join(scratch(), 'l.log') },
      (...call) => {
        calls.push(call);
        return Object.assign(new EventEmitter(), { pid: 7, unref: () => unrefs++ }) as unknown as ChildProcess;
      },
      (pid) => void lowered.push(pid),
    );
    expect(calls).toEqual([
      [
        process.execPath,
        ['/x/cli.js', 'run', 'a; rm -rf'],
        {
          cwd: '/w',
          env: { ONLY: 'this' },
          detached: true,
          shell: false,
          windowsHide: true,
          stdio: ['ignore', expect.any(Number), expect.any(Number)],
        },
      ],
    ]);
    expect(unrefs).toBe(1);
    expect(lowered).toEqual([7]);
  });

  it('writes both outputs of a real process to the end of the log, and tells its exit code', async () => {
    const folder = scratch();
    const cli = path.join(folder, 'cli.cjs');
    writeFileSync(
      cli,
      "console.log(process.argv.slice(2).join('|'), process.env.ONLY); console.error('oh'); process.exitCode = 3;",
    );
    const logFile = path.join(folder, 'logs', 'one.log');
    const launched = launchCli({ node, cli, args: ['run', 'x y'], cwd: folder, logFile });
    expect(await launched.exit).toEqual({ code: 3, signal: null });
    expect(readFileSync(logFile, 'utf8')).toBe('run|x y this\noh\n');
  });

  it('gives way to the editor: process and, where Linux weighs sessions, session', async () => {
    const folder = scratch();
    const cli = path.join(folder, 'cli.cjs');
    writeFileSync(cli, 'setInterval(() => {}, 1000);');
    const { pid, exit } = launchCli({ node, cli, args: [], cwd: folder, logFile: path.join(folder, 'one.log') });
    const session = `/proc/${pid}/autogroup`;
    try {
      expect(os.getPriority(pid) - os.getPriority()).toBe(niceness);
      if (existsSync(session))
        await vi.waitFor(() => expect(readFileSync(session, 'utf8')).toMatch(/nice 5$/m), patience);
    } finally {
      process.kill(pid!, 'SIGKILL');
    }
    expect(await exit).toMatchObject({ signal: 'SIGKILL' });
  });
});

describe('createLauncher', () => {
  const settings: Settings = {
    nodePath: () => '',
    backend: () => '',
    device: () => '',
    concurrency: () => 1,
    forceAfterSeconds: () => 10,
    notify: () => true,
  };
  const log = { info: () => {}, error: () => {}, show: () => {} };

  function launcher(change: { trusted?: boolean; find?: () => Promise<FoundNode>; code?: number }) {
    const errors: string[] = [];
    const started: string[][] = [];
    const made = createLauncher({
      vscode: standIn({
        workspace: { isTrusted: change.trusted ?? true },
        window: { showErrorMessage: async (text: string) => void errors.push(text) },
      }),
      settings,
      log: log as never,
      cli: '/x/cli.js',
      logFolder: scratch(),
      memory: memento(),
      find: change.find ?? (async () => node),
      start: ({ args, logFile }) => {
        started.push(args);
        writeFileSync(logFile, 'MP1001 not valid JSON\n  at line 3\n');
        return { pid: 7, exit: Promise.resolve({ code: change.code ?? 0, signal: null }) };
      },
    });
    return { made, errors, started };
  }

  it('starts nothing in an untrusted workspace, and says so', async () => {
    const { made, errors, started } = launcher({ trusted: false });
    expect(await made.run('/w/a.medpeft.json')).toBeUndefined();
    expect(await made.resume({ folder: '/w/runs/x', specFile: '/w/a.medpeft.json' })).toBeUndefined();
    expect(await made.ask(['cancel', '/w/runs/x'], '/w')).toBeUndefined();
    expect(started).toEqual([]);
    expect(errors).toHaveLength(3);
    expect(errors[0]).toMatch(/not trusted/);
  });

  it('says why no Node serves, and what to do', async () => {
    const find = async () => {
      throw new MedpeftError('MP4101', 'No Node.', 'Install it.');
    };
    const { made, errors } = launcher({ find });
    expect(await made.run('/w/a.medpeft.json')).toBeUndefined();
    expect(errors).toEqual(['MP4101: No Node. Install it.']);
  });

  it('knows what goes on, and forgets it at its end', async () => {
    const { made, started, errors } = launcher({});
    const counts: number[] = [];
    made.onDidChange(() => counts.push(made.active().length));
    const launch = await made.run('/w/a.medpeft.json', { methods: ['lora'] });
    await launch?.ended;
    await Promise.resolve();
    expect(started).toEqual([['run', '/w/a.medpeft.json', '--method=lora']]);
    expect(counts).toEqual([1, 0]);
    expect(errors).toEqual([]);
  });

  it('shows the last words of a process that failed', async () => {
    const { made, errors } = launcher({ code: 1 });
    await (await made.run('/w/a.medpeft.json'))?.ended;
    expect(errors).toEqual(['The MedPEFT runner ended with code 1. MP1001 not valid JSON\nat line 3']);
  });
});

describe('lastLines', () => {
  it.each([
    ['', 2, ''],
    ['a\nb\nc\n', 2, 'b\nc'],
    ['\u001b[31mred\u001b[0m\n\n', 2, 'red'],
    ['10 %\r20 %\rdone\n', 1, 'done'],
  ])('%j', (text, lines, expected) => expect(lastLines(text, lines)).toBe(expected));
});
