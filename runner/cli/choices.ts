/** Where planned runs will be computed, and why there: chosen once for all that begin together. */
import { type Choice, chooseBackend } from '../backends/select';
import { MedpeftError } from '../errors';
import type { PlannedRun } from '../plan';
import { keptChoice, neighboursChoice } from '../training/where';

/** By run id; a run whose device is not to be had has an error. What is asked for twice is tried once, and each output folder is read once. */
export async function chooseForRuns(runs: readonly PlannedRun[]): Promise<ReadonlyMap<string, Choice | MedpeftError>> {
  const neighbours = remembered(neighboursChoice, ({ outputDir, specFile }) => `${outputDir}\n${specFile}`);
  const choose = remembered(
    (run: PlannedRun, kept?: Choice) => chooseBackend(run.runtime, kept).catch(refused),
    ({ runtime: { backend, device } }, kept) => JSON.stringify([backend, device, kept]),
  );
  const choices = new Map<string, Choice | MedpeftError>();
  for (const run of runs) {
    choices.set(run.id, await choose(run, keptChoice(run, neighbours)));
  }
  return choices;
}

/** The function, computed once for each key. */
function remembered<A extends unknown[], R>(
  compute: (...args: A) => R,
  keyOf: (...args: A) => string,
): (...args: A) => R {
  const known = new Map<string, R>();
  return (...args) => {
    const key = keyOf(...args);
    if (!known.has(key)) known.set(key, compute(...args));
    return known.get(key)!;
  };
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
