import type { MedpeftError } from '../errors';
import { compareSummaries, comparisonSettings, readRuns, renderMarkdown, specFilesOf } from '../reports';
import { optionalText, pathOf } from './inputs';
import type { Tool } from './tool';

/** The table that `medpeft compare` prints, as Markdown, with all its notes: figures without them mislead. */
export const readResults: Tool = {
  name: 'read_medpeft_results',
  title: 'Read MedPEFT results',
  description:
    'Compares the finished runs of a MedPEFT output folder, or of one run folder: scores with n and intervals or mean ± sd over seeds, differences to a reference with p, baselines, the blank-image control, cost. The notes say what must not be concluded.',
  input: {
    type: 'object',
    properties: {
      folder: { type: 'string', description: 'The output folder, or a run folder.' },
      reference: {
        type: 'string',
        description: 'Method that differences are taken against; default: as the spec says, else the untuned base.',
      },
    },
    required: ['folder'],
  },
  async run(input, root) {
    const problems: string[] = [];
    const onProblem = ({ code, message }: MedpeftError) => problems.push(`- left out: ${code} ${message}`);
    const runs = readRuns([pathOf(input, 'folder', root)], onProblem);
    const asked = comparisonSettings(specFilesOf(runs));
    const reference = optionalText(input, 'reference') ?? asked?.reference;
    const table = compareSummaries(runs, { ...asked, ...(reference ? { reference } : {}), onProblem });
    const unfinished = table.unfinished.map(({ id, state }) => `- without a result: ${id} (${state})`);
    if (table.sections.length === 0) return ['No run is finished.', ...unfinished, ...problems].join('\n');
    return [renderMarkdown(table), ...unfinished, ...problems].join('\n');
  },
};
