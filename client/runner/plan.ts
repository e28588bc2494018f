/** Plans a spec in a process of its own: the content of data files is hashed, and the extension host must never wait for a disk. */
import type { Diagnostic } from '../../runner/errors';
import type { ExpectedRun } from '../../runner/reports/expectations';
import { askCli } from './ask';

/** What `medpeft plan --json` prints, as far as the editor is concerned. */
export interface PlanAnswer {
  runs: ExpectedRun[];
  diagnostics: Diagnostic[];
}

/**
 * @param cli absolute path of dist/cli.js
 * @throws Error with the last words of the process when that ended without an answer
 */
export async function planSpec(cli: string, specFile: string): Promise<PlanAnswer> {
  const { stdout, stderr } = await askCli(cli, ['plan', specFile, '--json']);
  // a spec with errors ends with code 1, and still prints its plan
  if (stdout.trim()) return JSON.parse(stdout) as PlanAnswer;
  throw new Error(stderr.trim() || 'the planner said nothing');
}
