/** `medpeft compare DIR…`: the table of methods, on the terminal and as files. */
import path from 'node:path';
import { MedpeftError } from '../errors';
import {
  type Arrangement,
  type ComparisonTable,
  columnNamed,
  compareSummaries,
  comparisonSettings,
  readRuns,
  renderings,
  renderText,
  settingsOf,
  specFilesOf,
} from '../reports';
import type { RunSummary } from '../runs';
import { nearest } from '../spec';
import { type Arguments, type Command, optionOf } from './command';
import { errorText } from './program';
import { writeFile } from './write_file';

/** JSON goes to standard output, as with every command. */
const files = Object.entries(renderings).filter(([kind]) => kind !== 'json');

export const compare: Command = {
  name: 'compare',
  summary: 'compare finished runs: scores with intervals, differences, cost',
  arguments: [{ name: 'DIR', many: true }],
  options: [
    {
      name: 'reference',
      value: 'METHOD',
      summary: 'method to test the others against (default: as in the spec, else the untuned base)',
    },
    {
      name: 'correction',
      value: 'holm|none',
      summary: 'correction for several comparisons (default: as in the spec, else holm)',
    },
    { name: 'sort', value: 'COLUMN', summary: 'sort the methods by a column, the highest first' },
    {
      name: 'group',
      value: 'SETTING',
      summary: 'put methods of one value of a setting together, such as adapters.lora8.rank',
    },
    { name: 'filter', value: 'WORDS', summary: 'only methods with these words in their name, or with SETTING=VALUE' },
    { name: 'changed', summary: 'also show the settings in which the methods differ' },
    ...files.map(([kind]) => ({ name: kind, value: 'FILE', summary: `also write the table as ${kind}` })),
  ],
  async run(args, output) {
    const correction = optionOf(args, 'correction');
    if (correction !== undefined && correction !== 'holm' && correction !== 'none')
      throw new MedpeftError('MP4009', `--correction ${correction}: holm or none is needed`);
    const runs = readRuns(args.positional, (error) => output.log(`${errorText(error)}\n`));
    const asked = comparisonSettings(specFilesOf(runs));
    const reference = optionOf(args, 'reference');
    if (reference !== undefined) refuseUnknown(reference, runs);
    const table = compareSummaries(runs, {
      reference: reference ?? asked?.reference,
      correction: correction ?? asked?.correction,
    });
    const arrangement = arrangementOf(args, table);
    for (const [kind, { render }] of files) {
      const file = optionOf(args, kind);
      if (file === undefined) continue;
      writeFile(path.resolve(file), render(table, arrangement));
      output.log(`wrote ${path.resolve(file)}\n`);
    }
    output.result(args.options.has('json') ? `${JSON.stringify(table)}\n` : renderText(table, arrangement));
    return 0;
  },
};

/** @throws MP4009 for a column or setting that no section has. */
function arrangementOf(args: Arguments, { sections }: ComparisonTable): Arrangement {
  const sort = optionOf(args, 'sort');
  const group = optionOf(args, 'group');
  return {
    ...(sort === undefined ? {} : { sort: { column: columnNamed(sections, sort), descending: true } }),
    ...(group === undefined ? {} : { group: settingNamed(sections, group) }),
    filter: optionOf(args, 'filter'),
    changed: args.options.has('changed'),
  };
}

function settingNamed(sections: ComparisonTable['sections'], name: string): string {
  const paths = [...new Set(sections.flatMap(settingsOf).map(({ path }) => path))];
  const found = paths.find((path) => path === name) ?? paths.find((path) => path.endsWith(`.${name}`));
  if (found !== undefined) return found;
  const near = nearest(name, paths);
  throw new MedpeftError(
    'MP4009',
    `--group ${name}: these runs have no such setting`,
    near ? `did you mean ${near}?` : `settings: ${paths.join(', ')}`,
  );
}

/** @throws MP4009 unless a run is of this method. */
function refuseUnknown(reference: string, runs: readonly RunSummary[]): void {
  const methods = [...new Set(runs.map(({ manifest }) => manifest.method))];
  if (methods.includes(reference)) return;
  const near = nearest(reference, methods);
  throw new MedpeftError(
    'MP4009',
    `--reference ${reference}: these runs are of ${methods.join(', ')}`,
    near ? `did you mean ${near}?` : undefined,
  );
}
