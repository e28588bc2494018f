import { codes } from '../codes';
import { readEvents, readRun } from '../runs';
import { pathOf } from './inputs';
import type { Tool } from './tool';

const lastEvents = 12;

/** Why a run stands as it stands: its state, its reason and next step, and what it said last. */
export const explainRun: Tool = {
  name: 'explain_medpeft_run',
  title: 'Explain a MedPEFT run',
  description:
    'Tells how a MedPEFT run stands and, if it failed, was cancelled or interrupted, why and what to do next; with its warnings and last events. Start from the folder that list_medpeft_runs names.',
  input: {
    type: 'object',
    properties: { folder: { type: 'string', description: 'The run folder.' } },
    required: ['folder'],
  },
  async run(input, root) {
    const { id, folder, state, progress, lastEvent } = readRun(pathOf(input, 'folder', root));
    const { events } = readEvents(folder, 0);
    const warnings = events.filter(({ type }) => type === 'warning');
    return [
      `${id} is ${state}, at step ${progress.step} of ${progress.totalSteps}.`,
      ...(lastEvent?.type === 'run_failed'
        ? [
            `It failed with ${lastEvent.code} (${titleOf(lastEvent.code)}): ${lastEvent.message}`,
            ...(lastEvent.hint ? [`What to do: ${lastEvent.hint}`] : []),
          ]
        : []),
      ...(state === 'interrupted'
        ? [
            `Its process ended without a word (MP4008). What to do: medpeft resume ${folder} goes on from its last checkpoint.`,
          ]
        : []),
      ...(state === 'cancelled' ? [`What to do: medpeft resume ${folder} goes on with it.`] : []),
      ...(warnings.length > 0 ? ['Warnings:', ...warnings.map((event) => `- ${JSON.stringify(event)}`)] : []),
      'Last events:',
      ...events.slice(-lastEvents).map((event) => `- ${JSON.stringify(event)}`),
    ].join('\n');
  },
};

function titleOf(code: string): string {
  return Object.entries(codes).find(([known]) => known === code)?.[1] ?? 'unknown code';
}
