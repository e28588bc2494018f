/** `medpeft inspect SUBJECT DIR`: what is in a folder. One file a subject, and a line in the table here. */

import type { Dataset as DatasetSettings } from '../../schemas/generated/spec';
import { formatOf, formats } from '../data';
import { MedpeftError } from '../errors';
import { families } from '../models';
import { type Arguments, type Command, type Output, optionOf } from './command';
import { inspectData } from './inspect_data';
import { inspectModel } from './inspect_model';

type Inspect = (dir: string, args: Arguments, output: Output) => Promise<number>;

const subjects: Record<string, Inspect> = {
  model: (dir, args, output) => inspectModel(dir, optionOf(args, 'family'), args.options.has('json'), output),
  data: (dir, args, output) => {
    const format = optionOf(args, 'format');
    if (format === undefined)
      throw new MedpeftError('MP4009', '--format is missing', `formats: ${[...formats.keys()].join(', ')}`);
    const settings = {
      format: formatOf(format).id as DatasetSettings['format'],
      image_folder: optionOf(args, 'image-folder'),
    };
    return inspectData(dir, settings, args.options.has('json'), output);
  },
};

export const inspect: Command = {
  name: 'inspect',
  summary: `show what is in a folder: inspect ${Object.keys(subjects).join('|')} DIR`,
  arguments: [{ name: Object.keys(subjects).join('|'), words: Object.keys(subjects) }, { name: 'DIR' }],
  options: [
    { name: 'format', value: 'F', summary: `of data: ${[...formats.keys()].join(', ')}` },
    { name: 'image-folder', value: 'DIR', summary: 'of data: where its images lie, if not where the format says' },
    {
      name: 'family',
      value: 'F',
      summary: `of a model, default: the first that fits: ${Object.keys(families).join(', ')}`,
    },
  ],
  run(args, output) {
    const [subject, dir] = args.positional as [string, string];
    return subjects[subject]!(dir, args, output);
  },
};
