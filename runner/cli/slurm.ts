/** `medpeft slurm perform RUN` and `slurm close RUNS`: what the jobs that `run --executor slurm` submits call on their nodes. */
import path from 'node:path';
import { MedpeftError } from '../errors';
import { closeSubmission } from '../executors/slurm/close';
import { closeAfter } from '../executors/slurm/submit';
import { performTask, taskOf } from '../executors/slurm/task';
import { readRun } from '../runs';
import { plannedOf } from '../training/manifest';
import { type Command, optionOf } from './command';
import { showProgress } from './progress';

export const slurm: Command = {
  name: 'slurm',
  summary:
    'what the jobs of run --executor slurm call: perform a run as a task of an array; close an array that has ended',
  arguments: [{ name: 'WHAT', words: ['perform', 'close'] }, { name: 'PATH' }],
  options: [{ name: 'array', value: 'JOB', summary: 'the array that has ended' }],
  async run(args, output) {
    const [what, where] = args.positional as [string, string];
    const json = args.options.has('json');
    if (what === 'close') {
      const array = optionOf(args, 'array');
      if (!array) throw new MedpeftError('MP4009', 'slurm close needs --array JOB');
      const { cancelled, waiting } = await closeSubmission(where, array);
      if (waiting > 0) closeAfter(path.dirname(where), array);
      if (json) output.result(`${JSON.stringify({ cancelled, waiting })}\n`);
      else for (const folder of cancelled) output.log(`${path.basename(folder)} was cancelled in the queue\n`);
      return 0;
    }
    const task = taskOf(process.env);
    if (!task)
      throw new MedpeftError(
        'MP4009',
        'slurm perform is for tasks of a job array',
        'submit runs with medpeft run SPEC --executor slurm',
      );
    const { event: onEvent } = showProgress({ write: output.log }).run(plannedOf(readRun(where)), 1, 1);
    const outcome = await performTask(where, task, { worker: path.join(__dirname, 'worker.js'), onEvent });
    if (json) output.result(`${JSON.stringify({ runs: [{ folder: where, status: outcome }] })}\n`);
    else output.log(`${task.job}: ${outcome}\n`);
    return outcome === 'failed' ? 1 : 0;
  },
};
