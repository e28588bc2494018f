/** Where planned runs will be computed, and why there, for `medpeft plan`. */
import { type Choice, chooseBackend } from '../backends/select';
import { MedpeftError } from '../errors';
import type { PlannedRun } from '../plan';

/** By run id; a run whose device is not to be had has an error. What is asked for twice is tried once. */
export async function chooseForRuns(runs: readonly PlannedRun[]): Promise<ReadonlyMap<string, Choice | MedpeftError>> {
  const known = new Map<string, Promise<Choice | MedpeftError>>();
  const choices = new Map<string, Choice | MedpeftError>();
  for (const { id, runtime } of runs) {
    const key = `${runtime.backend} ${runtime.device}`;
    const choice = known.get(key) ?? chooseBackend(runtime).catch(refused);
    known.set(key, choice);
    choices.set(id, await choice);
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
