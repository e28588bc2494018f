/** The part of `run` and `resume` that hands runs to a cluster's scheduler. */
import path from 'node:path';
import { notYetSubmitted, submitRuns } from '../executors/slurm/submit';
import type { PlannedRun } from '../plan';
import { shellWord } from '../text';
import type { Output } from './command';

const runsText = (n: number) => (n === 1 ? '1 run' : `${n} runs`);

/**
 * Submits those of the runs that are for Slurm and neither wait nor go on there already, one array a model.
 * @param dry shows the scripts on standard output instead
 * @returns ids of all that wait or go on there now, those that did before included
 */
export async function submitAll(
  runs: readonly PlannedRun[],
  output: Output,
  { json, dry }: { json: boolean; dry: boolean },
): Promise<string[]> {
  const forSlurm = runs.filter(({ slurm }) => slurm !== undefined);
  if (forSlurm.length === 0) return [];
  const missing = dry ? forSlurm : notYetSubmitted(forSlurm);
  if (missing.length < forSlurm.length)
    output.log(`${runsText(forSlurm.length - missing.length)} on the cluster already\n`);
  const arrays = await submitRuns(missing, { cli: path.join(__dirname, 'cli.js'), dry });
  if (dry && json)
    output.result(
      `${JSON.stringify({ arrays: arrays.map(({ script, runs }) => ({ script, runs: runs.map(({ id }) => id) })) })}\n`,
    );
  for (const { job, runs, script, folder } of arrays) {
    if (dry && !json) output.result(`# ${runsText(runs.length)}, to be written to ${folder}/array.sh\n${script}\n`);
    if (!dry)
      output.log(
        `${runsText(runs.length)} submitted to Slurm as job ${job}; scripts and logs: ${folder}\n` +
          `  medpeft status ${shellWord(runs[0]!.outputDir)} shows how far they are, scancel ${job} stops them all\n`,
      );
  }
  return forSlurm.map(({ id }) => id);
}
