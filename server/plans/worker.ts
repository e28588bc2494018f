/** The thread that plans: reads heads of checkpoints, records of data sets and run folders, answers once, and ends. */
import { parentPort, workerData } from 'node:worker_threads';
import { countSplits } from '../../runner/data/splits';
import { planRuns } from '../../runner/plan';
import { peakMemory } from '../../runner/plan/peak';
import { readTask } from '../../runner/plan/resources';
import { type SpecPlace, specOfRun } from '../../runner/runs/spec_of_run';
import { describeSpec, expandMethods, loadSpec, outputDirIfThere, outputDirOf, type SpecFile } from '../../runner/spec';
import { specFiles } from '../spec-files';
import type { PlanJob, SpecFacts } from './plan-facts';
import { type RunOwner, runFacts } from './run-facts';

/** Of the main thread's job; what goes wrong ends the thread, and the main thread logs it. */
export async function answerJob(): Promise<void> {
  const job = workerData as PlanJob;
  parentPort?.postMessage(await factsOf(job));
}

export async function factsOf({ file, text, folders }: PlanJob): Promise<SpecFacts> {
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
    runs: await runFacts(runs, (name) => grids.get(name) ?? name, ownerAmong(folders, loaded)),
  };
}

/** Finds the spec of a run among this one and the others of the workspace, which are looked for when they are first asked for. */
function ownerAmong(folders: readonly string[], { file, spec }: SpecFile): RunOwner {
  const own: SpecPlace = { file, outputDir: outputDirOf(file, spec), name: spec?.name };
  let places: Promise<SpecPlace[]> | undefined;
  return async (run) => {
    places ??= specFiles(folders, [file]).then((files) => {
      const others = files.filter((other) => other !== file);
      return [own, ...others.map((other) => ({ file: other, ...describeSpec(other) }))];
    });
    return specOfRun(run, await places, outputDirIfThere);
  };
}
