/** `medpeft import-adapter PEFT_DIR --model DIR`: what a PEFT folder tunes in a model; merged into it if asked. */
import path from 'node:path';
import { MedpeftError } from '../errors';
import { inspectCheckpoint } from '../models';
import { countParameters } from '../plan/counts';
import { openTunedModel, writeMergedModel } from '../training/export';
import { fillImported, readPeftFolder } from '../training/peft_folder';
import { type Command, optionOf } from './command';
import { firstFitting } from './inspect_model';

export const importAdapter: Command = {
  name: 'import-adapter',
  summary: 'check a folder of Hugging Face peft against a model, say what it tunes, and merge it if asked',
  arguments: [{ name: 'PEFT_DIR' }],
  options: [
    { name: 'model', value: 'DIR', summary: 'the folder of the base model' },
    { name: 'family', value: 'FAMILY', summary: 'the family of the model; found out if absent' },
    { name: 'to', value: 'DIR', summary: 'write the model with the adapter merged into it, to a new folder' },
  ],
  async run(args, output) {
    const base = optionOf(args, 'model');
    if (base === undefined) throw new MedpeftError('MP4009', '--model is missing', 'name the base model: --model DIR');
    const folder = path.resolve(base);
    const family = optionOf(args, 'family');
    const checkpoint = family === undefined ? firstFitting(folder) : inspectCheckpoint(folder, family);
    const imported = readPeftFolder(path.resolve(args.positional[0]!), checkpoint);
    const tuned = await openTunedModel({ path: folder, family: checkpoint.family.id }, imported.settings);
    try {
      fillImported(imported, tuned.model.trainables);
      const to = optionOf(args, 'to');
      if (to !== undefined) writeMergedModel(path.resolve(to), tuned, imported.settings.adapters);
      const counts = countParameters(checkpoint.parameters, tuned.selection);
      const matches = tuned.selection.matches.map(({ component, tensors }) => ({ component, places: tensors.length }));
      if (args.options.has('json'))
        output.result(
          `${JSON.stringify({
            folder: imported.folder,
            peft_type: imported.type,
            model: folder,
            family: checkpoint.family.id,
            matches,
            parameters: counts,
            ...(to !== undefined && { merged: path.resolve(to) }),
          })}\n`,
        );
      else {
        const trained = `${counts.trainable.toLocaleString('en')} parameters (${counts.percent.toPrecision(3)} %)`;
        output.result(`${imported.type} on ${checkpoint.family.title}: ${trained}\n`);
        for (const { component, places } of matches) output.result(`  ${component}: ${places} places\n`);
        if (to !== undefined) output.result(`merged: ${path.resolve(to)}\n`);
      }
      return 0;
    } finally {
      await tuned.model.dispose();
    }
  },
};
