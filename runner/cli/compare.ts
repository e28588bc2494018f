/** `medpeft compare DIR…`: the table of methods, on the terminal and as files. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { MedpeftError } from '../errors';
import {
  type ComparisonTable,
  compareSummaries,
  comparisonSettings,
  readRuns,
  renderCsv,
  renderHtml,
  renderLatex,
  renderMarkdown,
  renderText,
} from '../reports';
import type { RunSummary } from '../runs';
import { nearest } from '../spec';
import { refusalText } from '../text';
import { type Command, optionOf } from './command';
import { errorText } from './program';

const files: Record<string, (table: ComparisonTable) => string> = {
  csv: renderCsv,
  markdown: renderMarkdown,
  latex: renderLatex,
  html: renderHtml,
};

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
    ...Object.keys(files).map((kind) => ({ name: kind, value: 'FILE', summary: `also write the table as ${kind}` })),
  ],
  async run(args, output) {
    const correction = optionOf(args, 'correction');
    if (correction !== undefined && correction !== 'holm' && correction !== 'none')
      throw new MedpeftError('MP4009', `--correction ${correction}: holm or none is needed`);
    const runs = readRuns(args.positional, (error) => output.log(`${errorText(error)}\n`));
    const asked = comparisonSettings(runs);
    const reference = optionOf(args, 'reference');
    if (reference !== undefined) refuseUnknown(reference, runs);
    const table = compareSummaries(runs, {
      reference: reference ?? asked?.reference,
      correction: correction ?? asked?.correction,
    });
    for (const [kind, render] of Object.entries(files)) {
      const file = optionOf(args, kind);
      if (file === undefined) continue;
      write(path.resolve(file), render(table));
      output.log(`wrote ${path.resolve(file)}\n`);
    }
    output.result(args.options.has('json') ? `${JSON.stringify(table)}\n` : renderText(table));
    return 0;
  },
};

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

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (cause) {
    throw new MedpeftError(
      'MP4001',
      `${file} cannot be written: ${refusalText(cause)}`,
      'name a file in a folder that exists and that you may write to',
      file,
      { cause },
    );
  }
}
