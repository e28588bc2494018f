/** What became of the runs of a plan: of those that are planned now, and of earlier ones of the same name whose settings or data were others. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { unlessRefused } from '../../runner/errors';
import type { PlannedRun } from '../../runner/plan';
import { type RunSummary, readRun } from '../../runner/runs/read';
import type { RunFacts } from './plan-facts';

/** Finds the file of the spec that a run belongs to. */
export type RunOwner = (run: RunSummary) => Promise<string | undefined>;

/** @param methodOf the key in `methods` of a method's name */
export async function runFacts(
  planned: readonly PlannedRun[],
  methodOf: (name: string) => string,
  ownerOf: RunOwner,
): Promise<RunFacts[]> {
  const names = new Map<string, string[]>();
  const inFolder = (folder: string) => {
    const known = names.get(folder) ?? (existsSync(folder) ? readdirSync(folder) : []);
    names.set(folder, known);
    return known;
  };
  const current = new Set(planned.map(({ id }) => id));
  const told: RunFacts[] = [];
  for (const { id, outputDir, specFile, methodName } of planned) {
    const own = tryRead(path.join(outputDir, id));
    const prefix = id.slice(0, id.lastIndexOf('--') + 2);
    const earlier = own
      ? []
      : inFolder(outputDir)
          .filter((name) => name.startsWith(prefix) && !current.has(name))
          .flatMap((name) => tryRead(path.join(outputDir, name)) ?? [])
          .filter(({ state }) => state === 'finished')
          .sort((a, b) => ((a.result?.finished ?? '') < (b.result?.finished ?? '') ? 1 : -1));
    const run = own ?? (await firstOf(earlier, async (one) => (await ownerOf(one)) === specFile));
    if (!run) continue;
    const { folder, state, result } = run;
    const method = methodOf(methodName);
    const took = result && { steps: result.steps, seconds: result.seconds };
    told.push({
      folder,
      method,
      planned: id,
      state,
      stale: !own,
      score: scoreOf(run),
      finished: result?.finished,
      took,
    });
  }
  return told;
}

/** Another spec may write runs of the same names into the same folder. */
async function firstOf(runs: RunSummary[], fits: (run: RunSummary) => Promise<boolean>) {
  for (const run of runs) if (await fits(run)) return run;
  return undefined;
}

/** Undefined where no run is, or a damaged one: the Runs view tells of that. */
const tryRead = (folder: string) => unlessRefused(() => readRun(folder));

function scoreOf({ result, manifest }: RunSummary): RunFacts['score'] {
  const [test] = Object.keys(result?.metrics ?? {});
  const values = test === undefined ? undefined : result?.metrics[test];
  const { select_by: selectedBy } = manifest.resolved.task;
  const metric = typeof selectedBy === 'string' && values?.[selectedBy] ? selectedBy : Object.keys(values ?? {})[0];
  const value = metric === undefined ? undefined : values?.[metric]?.value;
  return test === undefined || metric === undefined || typeof value !== 'number' ? undefined : { metric, test, value };
}
