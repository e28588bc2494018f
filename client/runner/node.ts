/** Finds the Node that runs the runner: the setting, then PATH, then the login shell's, then the editor's own. */
import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import path from 'node:path';
import { MedpeftError } from '../../runner/errors';

/** The least version of `engines.node` in package.json. */
export const leastNode = { major: 20, minor: 19 };

export type NodeSource = 'setting' | 'PATH' | 'login shell' | 'editor';

export interface FoundNode {
  /** Absolute path of the executable. */
  path: string;
  version: string;
  source: NodeSource;
  /** The whole environment to start it with. */
  env: NodeJS.ProcessEnv;
}

/** What a candidate is asked. */
const probeArguments = ['-p', 'process.versions.node'] as const;

export interface NodeSearch {
  /** `medpeft.nodePath`; empty = search. */
  setting: string;
  env: NodeJS.ProcessEnv;
  platform: NodeJS.Platform;
  /** The editor's executable; works as Node when `ELECTRON_RUN_AS_NODE` is set. */
  execPath: string;
  /** Standard output of a command; rejects when it cannot be run, fails or takes too long. */
  ask(command: string, args: string[], env: NodeJS.ProcessEnv): Promise<string>;
  isFile(file: string): boolean;
}

export function hostSearch(setting: string): NodeSearch {
  return { setting, env: process.env, platform: process.platform, execPath: process.execPath, ask, isFile };
}

/** One place where Node was looked for, and what came of it. */
export interface NodeAttempt {
  source: NodeSource;
  /** What was run there, for people; absent where there was nothing to run. */
  command?: string;
  ok: boolean;
  /** The version, or what is wrong. */
  outcome: string;
}

/** Looks for a Node that can be run and is new enough, in the order of the sources, until one serves. A setting is never passed over in silence. */
export async function searchNode(search: NodeSearch): Promise<{ found?: FoundNode; attempts: NodeAttempt[] }> {
  const attempts: NodeAttempt[] = [];
  for (const source of search.setting ? (['setting'] as const) : (['PATH', 'login shell', 'editor'] as const)) {
    const file = await candidate(source, search);
    if (!file) {
      if (source === 'PATH') attempts.push({ source, ok: false, outcome: 'no executable named node' });
      else if (search.env.SHELL) attempts.push({ source, ok: false, outcome: `no node in ${search.env.SHELL}` });
      continue;
    }
    const env = source === 'editor' ? { ...search.env, ELECTRON_RUN_AS_NODE: '1' } : realNodeEnv(search.env);
    const said = await probe(file, env, search);
    const command = `${file} ${probeArguments.join(' ')}`;
    if ('version' in said && isNewEnough(said.version)) {
      attempts.push({ source, command, ok: true, outcome: said.version });
      return { found: { path: file, version: said.version, source, env }, attempts };
    }
    const outcome = 'version' in said ? `version ${said.version} is too old` : said.problem;
    attempts.push({ source, command, ok: false, outcome });
  }
  return { attempts };
}

/** The error for a search without a find: MP4101, with each place that was tried and what came of it. */
export function nodeMissing(attempts: readonly NodeAttempt[], setting: string): MedpeftError {
  const least = `${leastNode.major}.${leastNode.minor}`;
  const tried = attempts.map(({ source, command, outcome }) => {
    const file = command?.slice(0, -probeArguments.join(' ').length - 1);
    return [source, file, outcome].filter(Boolean).join(': ');
  });
  return new MedpeftError(
    'MP4101',
    `No Node ${least} or newer was found. Tried ${tried.join('; ')}.`,
    `Install Node ${least} or newer (https://nodejs.org), or set medpeft.nodePath to its executable.`,
    setting || undefined,
  );
}

/** @throws MedpeftError MP4101 when none serves */
export async function findNode(search: NodeSearch): Promise<FoundNode> {
  const { found, attempts } = await searchNode(search);
  if (!found) throw nodeMissing(attempts, search.setting);
  return found;
}

export function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  return major > leastNode.major || (major === leastNode.major && minor >= leastNode.minor);
}

/** `ELECTRON_RUN_AS_NODE` means nothing to a real Node, but would reach every Electron program that it starts. */
function realNodeEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { ELECTRON_RUN_AS_NODE: _, ...rest } = env;
  return rest;
}

async function candidate(source: NodeSource, search: NodeSearch): Promise<string | undefined> {
  switch (source) {
    case 'setting':
      return search.setting;
    case 'PATH':
      return onPath(search);
    case 'login shell':
      return fromLoginShell(search);
    case 'editor':
      return search.execPath;
  }
}

/** Only a real executable: starting `node.cmd` needs a shell, and shells are never used. */
function onPath({ env, platform, isFile }: NodeSearch): string | undefined {
  const windows = platform === 'win32';
  const variable = windows ? Object.keys(env).find((name) => name.toUpperCase() === 'PATH') : 'PATH';
  const folders = (env[variable ?? 'PATH'] ?? '').split(windows ? ';' : ':').filter(Boolean);
  const { join } = windows ? path.win32 : path.posix;
  return folders.map((folder) => join(folder, windows ? 'node.exe' : 'node')).find(isFile);
}

/** An editor that was started from a dock or a menu lacks what a shell's start-up files add, such as nvm's folder. */
async function fromLoginShell({ env, platform, ask }: NodeSearch): Promise<string | undefined> {
  const shell = env.SHELL;
  if (platform === 'win32' || !shell || !/(bash|zsh|dash|ksh|sh)$/.test(shell)) return undefined;
  const mark = '__medpeft__';
  try {
    const said = await ask(
      shell,
      ['-ilc', `printf ${mark}; node -p process.execPath; printf ${mark}`],
      realNodeEnv(env),
    );
    return said.split(mark)[1]?.trim() || undefined;
  } catch {
    // a shell without node, or one that does not start without a terminal, has nothing to offer
    return undefined;
  }
}

async function probe(
  file: string,
  env: NodeJS.ProcessEnv,
  { ask }: NodeSearch,
): Promise<{ version: string } | { problem: string }> {
  try {
    const version = (await ask(file, [...probeArguments], env)).trim();
    return /^\d+\.\d+\.\d+/.test(version) ? { version } : { problem: `does not answer like Node: ${version}` };
  } catch (error) {
    return { problem: (error as Error).message.split('\n')[0] ?? 'cannot be run' };
  }
}

function ask(command: string, args: string[], env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(command, args, { env, timeout: 10_000, windowsHide: true }, (error, stdout) =>
      error ? reject(error) : resolve(stdout),
    );
    child.stdin?.end();
  });
}

function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
}
