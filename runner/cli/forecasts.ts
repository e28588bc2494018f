/** How long each planned run will take, for `medpeft plan`. */
import { openBackend } from '../backends';
import type { Choice } from '../backends/select';
import { MedpeftError } from '../errors';
import type { PlannedRun, RunParts } from '../plan';
import { budgetOf } from '../plan/memory_budget';
import { type Forecast, forecaster } from '../training/forecast';
import { workOf } from '../training/work';

/**
 * @param choices where runs are computed (choices.ts)
 * @param log is told why runs have no forecast, where that is not the family or the task
 * @returns by run id; a run that cannot be rehearsed, that does not fit into memory, that reads its weights in every step or whose device is not to be had has none
 */
export async function forecastRuns(
  planned: ReadonlyMap<PlannedRun, RunParts>,
  choices: ReadonlyMap<string, Choice | MedpeftError>,
  log: (text: string) => void,
): Promise<ReadonlyMap<string, Forecast>> {
  const forecasts = new Map<string, Forecast>();
  const forecasters = new Map<string, ReturnType<typeof forecaster>>();
  const reasons = new Set<string>();
  for (const [run, parts] of planned)
    try {
      const { keptBytes, residentBytes } = budgetOf(run);
      if (residentBytes !== undefined) {
        reasons.add('weights are read from the checkpoint in every step: the disk decides');
        continue;
      }
      const work = workOf(run, parts, keptBytes);
      if (!work) continue;
      const choice = choices.get(run.id)!;
      if (choice instanceof MedpeftError) throw choice;
      const settings = { backend: choice.backend, device: choice.device, threads: run.runtime.threads };
      const key = JSON.stringify(settings);
      const forecast = forecasters.get(key) ?? forecaster(await openBackend(settings));
      forecasters.set(key, forecast);
      forecasts.set(run.id, await forecast(work));
    } catch (error) {
      if (!(error instanceof MedpeftError)) throw error;
      reasons.add(error.message);
    }
  for (const reason of reasons) log(`no time is told where ${reason}\n`);
  return forecasts;
}
