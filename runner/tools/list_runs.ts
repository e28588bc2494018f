import { listRuns } from '../runs';
import { pathOf } from './inputs';
import type { Tool } from './tool';

/** The runs of an output folder and their states. */
export const listMedpeftRuns: Tool = {
  name: 'list_medpeft_runs',
  title: 'List MedPEFT runs',
  description:
    'Lists the runs of a MedPEFT output folder (runtime.output_dir of a spec, mostly "runs"), each with state, step and model, task, method and seed.',
  input: {
    type: 'object',
    properties: { folder: { type: 'string', description: 'The output folder.' } },
    required: ['folder'],
  },
  async run(input, root) {
    const folder = pathOf(input, 'folder', root);
    const problems: string[] = [];
    const runs = listRuns(folder, ({ code, message, place }) =>
      problems.push(`- damaged: ${place}: ${code} ${message}`),
    );
    if (runs.length + problems.length === 0) return `There are no runs in ${folder}.`;
    const lines = runs.map(({ folder: at, state, progress, manifest: { model, task, method, seed } }) => {
      const steps = progress.totalSteps > 0 ? `, step ${progress.step} of ${progress.totalSteps}` : '';
      return `- ${at}: ${state}${steps}; model ${model}, task ${task}, method ${method}, seed ${seed}`;
    });
    return [...lines, ...problems].join('\n');
  },
};
