/** Plans a spec in a process of its own: the content of data files is hashed, and the extension host must never wait for a disk. */
import { execFile } from 'node:child_process';
import type { Diagnostic } from '../../runner/errors';
import type { ExpectedRun } from '../../runner/reports/expectations';

/** What `medpeft plan --json` prints, as far as the editor is concerned. */
export interface PlanAnswer {
  runs: ExpectedRun[];
  diagnostics: Diagnostic[];
}

/** A plan of thousands of runs takes a few megabytes. */
const maximumBytes = 256 * 1024 * 1024;

/**
 * Runs in the editor's own Node, which is always there: planning computes nothing and starts nothing of the workspace's, so that it needs
 * neither a Node of the user's nor a trusted workspace.
 * @param cli absolute path of dist/cli.js
 * @throws Error with the last words of the process when that ended without an answer
 */
export function planSpec(cli: string, specFile: string): Promise<PlanAnswer> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' };
    const child = execFile(
      process.execPath,
      [cli, 'plan', specFile, '--json'],
      { env, windowsHide: true, maxBuffer: maximumBytes },
      (error, stdout, stderr) => {
        // a spec with errors ends with code 1, and still prints its plan
        if (stdout.trim()) return resolve(JSON.parse(stdout) as PlanAnswer);
        reject(new Error(stderr.trim() || error?.message || 'the planner said nothing'));
      },
    );
    child.stdin?.end();
  });
}
