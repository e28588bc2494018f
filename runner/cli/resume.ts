/** `medpeft resume RUN`: goes on with a run from its folder alone, from its last checkpoint. */
import { type RunState, type RunSummary, readRun } from '../runs';
import { plannedHere } from '../training/moved';
import type { Arguments, Command, Output } from './command';
import { performRuns } from './perform';
import { showProgress } from './progress';
import { withExecutor } from './runtime';
import { submitAll } from './submit';

export const resume: Command = {
  name: 'resume',
  summary: 'go on with a run from its last checkpoint',
  arguments: [{ name: 'RUN' }],
  options: [{ name: 'executor', value: 'NAME', summary: 'local or slurm, in place of the one it was begun with' }],
  async run(args, output) {
    const summary = readRun(args.positional[0]!);
    const { id, folder } = summary;
    const json = args.options.has('json');
    const performed = summary.state === 'finished' ? undefined : await goOn(summary, args, output);
    if (!performed) output.log(`${id} is finished already\n`);
    const { state, result } = readRun(folder);
    const status = performed?.status ?? state;
    if (json) output.result(`${JSON.stringify({ runs: [{ id, folder, status, metrics: result?.metrics }] })}\n`);
    return status === 'finished' || performed?.submitted ? 0 : 1;
  },
};

/** Goes on with a run where it was begun: here, or on the cluster. */
async function goOn(
  summary: RunSummary,
  args: Arguments,
  output: Output,
): Promise<{ status: RunState; submitted?: boolean }> {
  const planned = { ...plannedHere(summary), steps: summary.progress.totalSteps };
  const run = withExecutor(planned, {}, args);
  if (run.slurm) {
    await submitAll([run], output, { json: false, dry: false });
    return { status: readRun(summary.folder).state, submitted: true };
  }
  const [performed] = await performRuns([run], {
    progress: showProgress({ write: output.log, columns: process.stderr.columns }),
  });
  return performed!;
}
