/** The thread that plans: reads heads of checkpoints, records of data sets and run folders, answers once, and ends. */
import { parentPort, workerData } from 'node:worker_threads';
import { countSplits } from '../../runner/data/splits';
import { planRuns } from '../../runner/plan';
import { peakMemory } from '../../runner/plan/peak';
import { readTask } from '../../runner/plan/resources';
import { expandMethods, loadSpec } from '../../runner/spec';
import type { PlanJob, SpecFacts } from './plan-facts';
import { runFacts } from './run-facts';

/** Of the main thread's job; what goes wrong ends the thread, and the main thread logs it. */
export async function answerJob(): Promise<void> {
  const job = workerData as PlanJob;
  parentPort?.postMessage(await factsOf(job));
}

export async function factsOf({ file, text }: PlanJob): Promise<SpecFacts> {
  const loaded = loadSpec(file, { text });
  const { runs, excluded } = await planRuns(loaded);
  const grids = new Map(expandMethods(loaded.spec?.methods ?? {}).map(({ name, from }) => [name, from]));
  const items: SpecFacts['items'] = {};
  for (const task of Object.keys(loaded.spec?.tasks ?? {})) {
    const data = loaded.spec && (await readTask(loaded.spec, task, file));
    if (data && 'splits' in data) items[task] = countSplits(data.splits);
  }
  return {
    planned: runs.map((run) => {
      const { id, modelName: model, taskName: task, methodName, parameters, steps = 0 } = run;
      const { trainable = 0, percent = 0 } = parameters ?? {};
      const method = grids.get(methodName) ?? methodName;
      return { id, model, task, method, trainable, percent, steps, memoryBytes: peakMemory(run) };
    }),
    excluded: excluded.length,
    items,
    runs: runFacts(runs, (name) => grids.get(name) ?? name),
  };
}
