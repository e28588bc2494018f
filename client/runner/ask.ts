/** Asks a program for an answer and waits for its end: for what is short, changes nothing, and ends with the window. */
import { execFile } from 'node:child_process';

export interface Answered {
  /** As it would be typed, for people. */
  command: string;
  /** Undefined when it could not be run, or was ended by a signal. */
  code: number | undefined;
  stdout: string;
  /** What it complained of, or why it could not be run. */
  stderr: string;
}

/** A plan of thousands of runs takes a few megabytes. */
const maximumBytes = 256 * 1024 * 1024;

export function askProgram(
  file: string,
  args: readonly string[],
  options: { env: NodeJS.ProcessEnv; timeoutMs?: number },
): Promise<Answered> {
  return new Promise((resolve) => {
    const { env, timeoutMs: timeout } = options;
    const settings = { env, timeout, windowsHide: true, maxBuffer: maximumBytes };
    const child = execFile(file, args, settings, (error, stdout, stderr) => {
      const code = error ? (typeof error.code === 'number' ? error.code : undefined) : 0;
      const why = error && code === undefined ? error.message : '';
      resolve({ command: [file, ...args].join(' '), code, stdout, stderr: [stderr, why].filter(Boolean).join('\n') });
    });
    child.stdin?.end();
  });
}

/**
 * The command line in the editor's own Node, which is always there: for commands that compute nothing and start nothing of the workspace's, so
 * that they need neither a Node of the user's nor a trusted workspace.
 * @param cli absolute path of dist/cli.js
 */
export function askCli(cli: string, args: readonly string[]): Promise<Answered> {
  return askProgram(process.execPath, [cli, ...args], { env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' } });
}
