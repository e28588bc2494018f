/** Where planned runs will be computed, and why there: chosen once for all that begin together. */
import { type Choice, chooseBackend } from '../backends/select';
import { MedpeftError } from '../errors';
import { once } from '../once';
import type { PlannedRun } from '../plan';
import { keptChoice, neighboursChoice, wantedOf } from '../training/where';

/** By run id; a run whose device is not to be had has an error. What is asked for twice is tried once, and each output folder is read once. */
export async function chooseForRuns(runs: readonly PlannedRun[]): Promise<ReadonlyMap<string, Choice | MedpeftError>> {
  const [neighbours, tried] = [
    new Map<string, Choice | undefined>(),
    new Map<string, Promise<Choice | MedpeftError>>(),
  ];
  const neighbour = (of: Pick<PlannedRun, 'specFile' | 'outputDir'>) =>
    once(neighbours, `${of.outputDir}\n${of.specFile}`, () => neighboursChoice(of));
  const choices = new Map<string, Choice | MedpeftError>();
  for (const run of runs) {
    const [wanted, kept] = [wantedOf(run), keptChoice(run, neighbour)];
    const choice = once(tried, JSON.stringify([wanted, kept]), () => chooseBackend(wanted, kept).catch(refused));
    choices.set(run.id, await choice);
  }
  return choices;
}

function refused(error: unknown): MedpeftError {
  if (error instanceof MedpeftError) return error;
  throw error;
}

/** One line for each device that runs are computed on. */
export function choicesText(choices: ReadonlyMap<string, Choice | MedpeftError>): string {
  const lines = [...choices.values()].map((choice) =>
    choice instanceof MedpeftError
      ? `nowhere: ${choice.message}`
      : `computed by ${choice.backend} on ${choice.device}: ${choice.reason}`,
  );
  return [...new Set(lines)].map((line) => `${line}\n`).join('');
}
