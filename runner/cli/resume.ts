/** `medpeft resume RUN`: goes on with a run from its folder alone, from its last checkpoint. */
import { readRun } from '../runs';
import { plannedOf } from '../training/manifest';
import type { Command } from './command';
import { performRuns } from './perform';
import { showProgress } from './progress';

export const resume: Command = {
  name: 'resume',
  summary: 'go on with a run from its last checkpoint',
  arguments: [{ name: 'RUN' }],
  options: [],
  async run(args, output) {
    const summary = readRun(args.positional[0]!);
    const done = { id: summary.id, folder: summary.folder, status: summary.state };
    if (summary.state === 'finished') output.log(`${summary.id} is finished already\n`);
    const [run] =
      summary.state === 'finished'
        ? [done]
        : await performRuns([{ ...plannedOf(summary), steps: summary.progress.totalSteps }], {
            progress: showProgress({ write: output.log, columns: process.stderr.columns }),
          });
    const { result } = readRun(summary.folder);
    if (args.options.has('json'))
      output.result(`${JSON.stringify({ runs: [{ ...run, metrics: result?.metrics }] })}\n`);
    return run!.status === 'finished' ? 0 : 1;
  },
};
