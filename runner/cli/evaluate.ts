/** `medpeft evaluate RUN`: scores what a run has trained on its own test sets again, or on those of another task. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { MetricValues } from '../../schemas/generated/result';
import { MedpeftError } from '../errors';
import { inspectCheckpoint } from '../models';
import { type PlannedRun, planRuns } from '../plan';
import { readRun } from '../runs';
import { loadSpec } from '../spec';
import { shellWord } from '../text';
import { deltaFile, readAdapter } from '../training/adapter';
import { evaluate as scoreSplit } from '../training/evaluate';
import { readHeldOut } from '../training/held_out';
import { plannedHere } from '../training/moved';
import { openPlannedRun } from '../training/open';
import { fillImported, readPeftFolder } from '../training/peft_folder';
import { type Command, optionOf } from './command';
import { diagnosticText } from './diagnostics';

/** The same model and method on another task of the run's spec. */
async function onTask(run: PlannedRun, task: string): Promise<PlannedRun> {
  const spec = loadSpec(run.specFile);
  const { runs, diagnostics } = await planRuns(spec, { task, model: run.modelName, seeds: [run.seed] });
  const [other] = runs;
  if (!other)
    throw new MedpeftError(
      'MP1102',
      `task ${task} cannot be had from ${run.specFile}:\n${diagnostics.map((d) => diagnosticText(spec.file, d)).join('\n')}`,
      'name a task of the spec that the run came from',
    );
  const hashes = { ...run.hashes, data: other.hashes.data };
  return { ...run, task: other.task, taskName: task, datasets: other.datasets, hashes };
}

export const evaluate: Command = {
  name: 'evaluate',
  summary: 'score what a run has trained on its test sets again, or on those of another task of its spec',
  arguments: [{ name: 'RUN' }],
  options: [
    { name: 'task', value: 'TASK', summary: "another task of the run's spec" },
    {
      name: 'adapter',
      value: 'PEFT_DIR',
      summary: "a folder of Hugging Face peft on the run's base model, in place of what the run has trained",
    },
  ],
  async run(args, output) {
    const summary = readRun(args.positional[0]!);
    const own = plannedHere(summary);
    const from = optionOf(args, 'adapter');
    const imported =
      from === undefined
        ? undefined
        : readPeftFolder(path.resolve(from), inspectCheckpoint(own.model.path, own.model.family));
    const trained = !imported && Object.keys(own.method.components).length > 0;
    if (trained && !existsSync(path.join(summary.folder, deltaFile)))
      throw new MedpeftError(
        'MP4007',
        `${summary.id} has no trained weights yet: it is ${summary.state}`,
        summary.state === 'running'
          ? `wait until it is done: medpeft status ${shellWord(summary.folder)} tells how far it is`
          : `finish it first: medpeft resume ${shellWord(summary.folder)}`,
        summary.folder,
      );
    const task = optionOf(args, 'task');
    const planned = task === undefined ? own : await onTask(own, task);
    const run = imported ? { ...planned, ...imported.settings } : planned;
    const { model, data } = await openPlannedRun(run, task === undefined ? readHeldOut(summary.folder) : undefined);
    const metrics: Record<string, MetricValues> = {};
    try {
      if (trained) readAdapter(summary.folder, model.trainables);
      if (imported) fillImported(imported, model.trainables);
      for (const [split, items] of [...data.splits.test, ...data.splits.transfer]) {
        output.log(`${split}: ${items.length} items\n`);
        metrics[split] = (await scoreSplit(model, items, run, data))!.metrics;
      }
    } finally {
      await model.dispose();
    }
    if (args.options.has('json'))
      output.result(`${JSON.stringify({ id: summary.id, folder: summary.folder, task: run.taskName, metrics })}\n`);
    else
      for (const [split, values] of Object.entries(metrics))
        for (const [id, { value, n, low, high }] of Object.entries(values)) {
          const range = low === undefined || high === undefined ? '' : `, ${low.toFixed(3)} to ${high.toFixed(3)}`;
          output.result(`${split}  ${id.padEnd(28)} ${value === null ? '-' : value.toFixed(3)}  (n = ${n}${range})\n`);
        }
    return 0;
  },
};
