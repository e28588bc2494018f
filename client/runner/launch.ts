/** Starts the command line as a process of its own, which outlives the window. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import path from 'node:path';
import type { Settings } from '../settings';
import type { FoundNode } from './node';
import { giveWay } from './priority';

/** Which runs of a spec; what is absent does not narrow. */
export interface RunFilter {
  model?: string;
  task?: string;
  methods?: readonly string[];
  seeds?: readonly number[];
  /** Ids of single runs, such as points of a sweep. */
  only?: readonly string[];
}

export function runArguments(
  specFile: string,
  { model, task, methods = [], seeds = [], only = [] }: RunFilter = {},
): string[] {
  return [
    'run',
    specFile,
    ...(model === undefined ? [] : [`--model=${model}`]),
    ...(task === undefined ? [] : [`--task=${task}`]),
    ...methods.map((method) => `--method=${method}`),
    ...seeds.map((seed) => `--seed=${seed}`),
    ...only.map((id) => `--only=${id}`),
  ];
}

/** Whether the chosen runs of a spec would work. */
export function dryRunArguments(specFile: string, filter?: RunFilter): string[] {
  return [...runArguments(specFile, filter), '--dry-run'];
}

/** A command line of `run` with what the settings say of backend and device; a run that is resumed stays where it was begun. */
export function withDevice(args: readonly string[], settings: Pick<Settings, 'backend' | 'device'>): string[] {
  if (args[0] !== 'run') return [...args];
  const flags = (['backend', 'device'] as const).filter((name) => settings[name]() !== '');
  return [...args, ...flags.map((name) => `--${name}=${settings[name]()}`)];
}

/** A command line to copy: quoted for a POSIX shell, or for PowerShell and cmd on Windows. */
export function shellText(words: readonly string[], platform: NodeJS.Platform): string {
  const windows = platform === 'win32';
  const quoted = (word: string) => {
    if (/^[\w@%+=:,./\\-]+$/.test(word)) return windows || !word.includes('\\') ? word : `'${word}'`;
    return windows ? `"${word.replaceAll('"', '\\"')}"` : `'${word.replaceAll("'", `'\\''`)}'`;
  };
  return words.map(quoted).join(' ');
}

export interface ProcessExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface Launched {
  pid: number | undefined;
  /** Rejects if the process could not be started. Says nothing if the window closes first: the process goes on. */
  exit: Promise<ProcessExit>;
}

/**
 * `node CLI ARGS…`, detached, without a shell, at a lower priority than the editor's; both outputs go to the end of the log file, so that no pipe ties it
 * to the window.
 * @param cwd folder that relative paths of the arguments start from
 */
export function launchCli(
  { node, cli, args, cwd, logFile }: { node: FoundNode; cli: string; args: string[]; cwd: string; logFile: string },
  start: (command: string, args: string[], options: object) => ChildProcess = spawn,
  lower: (pid: number) => void = giveWay,
): Launched {
  mkdirSync(path.dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'a');
  try {
    const child = start(node.path, [cli, ...args], {
      cwd,
      env: node.env,
      detached: true,
      shell: false,
      windowsHide: true,
      stdio: ['ignore', log, log],
    });
    const exit = new Promise<ProcessExit>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => resolve({ code, signal }));
    });
    child.unref();
    if (child.pid !== undefined) lower(child.pid);
    return { pid: child.pid, exit };
  } finally {
    closeSync(log);
  }
}
