/** `medpeft export-adapter RUN --to DIR`: what a run has trained, as folders that PEFT loads, or merged into the model. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { MedpeftError } from '../errors';
import { readRun } from '../runs';
import { deltaFile, readAdapter, writePeftFolders } from '../training/adapter';
import { newFolder, openTunedModel, writeMergedModel } from '../training/export';
import { plannedHere } from '../training/moved';
import { refuseOtherModel } from '../training/open';
import { type Command, optionOf } from './command';

export const exportAdapter: Command = {
  name: 'export-adapter',
  summary: 'write what a run has trained as folders that Hugging Face peft loads, or merged into its model',
  arguments: [{ name: 'RUN' }],
  options: [
    { name: 'to', value: 'DIR', summary: 'where to, a new folder' },
    { name: 'merged', summary: 'the whole model with the method computed into its weights' },
  ],
  async run(args, output) {
    const to = optionOf(args, 'to');
    if (to === undefined) throw new MedpeftError('MP4009', '--to is missing', 'name a new folder: --to DIR');
    const summary = readRun(args.positional[0]!);
    const run = plannedHere(summary);
    if (!existsSync(path.join(summary.folder, deltaFile)))
      throw new MedpeftError(
        'MP4007',
        `${summary.id} has no trained weights: it is ${summary.state}`,
        'name a run that is finished and tunes something',
        summary.folder,
      );
    const tuned = await openTunedModel(run.model, run);
    try {
      refuseOtherModel(run, tuned.checkpoint);
      readAdapter(summary.folder, tuned.model.trainables);
      const folder = path.resolve(to);
      if (args.options.has('merged')) {
        writeMergedModel(folder, tuned, run.adapters);
        if (args.options.has('json')) output.result(`${JSON.stringify({ id: summary.id, folder, merged: true })}\n`);
        else output.result(`${folder}: the model with "${run.methodName}" merged into it\n`);
        return 0;
      }
      newFolder(folder);
      const { written, unknown } = writePeftFolders(folder, run, tuned.selection, tuned.model);
      if (args.options.has('json'))
        output.result(`${JSON.stringify({ id: summary.id, folder, written, left_out: unknown })}\n`);
      else {
        for (const name of written) output.result(`${path.join(folder, name)}\n`);
        for (const { name, reason } of unknown) output.log(`${name} is left out: ${reason}\n`);
      }
      return written.length > 0 ? 0 : 1;
    } finally {
      await tuned.model.dispose();
    }
  },
};
