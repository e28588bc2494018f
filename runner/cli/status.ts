/** `medpeft status [DIR]`: the runs of an output folder, or one run, and how far they are. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { MedpeftError } from '../errors';
import { listRuns, type RunSummary, readRun, runFiles } from '../runs';
import { duration } from '../text';
import type { Command } from './command';
import { errorText } from './program';

const shown = ({ state, progress, lastEvent }: RunSummary): string => {
  const parts = [
    progress.totalSteps ? `step ${progress.step} of ${progress.totalSteps}` : '',
    progress.doing ?? '',
    state === 'running' && progress.secondsLeft ? `${duration(progress.secondsLeft)} left` : '',
    lastEvent?.type === 'run_failed' ? `${lastEvent.code} ${lastEvent.message}` : '',
  ];
  return parts.filter(Boolean).join(', ');
};

const emptyHint = 'medpeft run SPEC makes them; runs of a spec lie in its runtime.output_dir: medpeft status DIR';

export const status: Command = {
  name: 'status',
  summary: 'show the runs of an output folder (default: runs) and their states',
  arguments: [{ name: 'DIR', optional: true }],
  options: [],
  async run(args, output) {
    const dir = path.resolve(args.positional[0] ?? 'runs');
    if (args.positional[0] && !existsSync(dir))
      throw new MedpeftError(
        'MP4007',
        'no such folder',
        'name a folder that exists: runtime.output_dir of the spec, or a run in it',
        dir,
      );
    const runs = existsSync(path.join(dir, runFiles.manifest))
      ? [readRun(dir)]
      : listRuns(dir, (error) => output.log(`${errorText(error)}\n`));
    if (args.options.has('json'))
      output.result(
        `${JSON.stringify({
          runs: runs.map(({ id, folder, state, progress }) => ({ id, folder, status: state, progress })),
        })}\n`,
      );
    else if (runs.length === 0) output.log(`There are no runs in ${dir}.\n  ${emptyHint}\n`);
    else
      for (const run of runs) output.result(`${run.state.padEnd(11)}  ${run.id}  ${shown(run)}`.trimEnd().concat('\n'));
    return 0;
  },
};
