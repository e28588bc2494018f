/** What became of the runs of a plan: of those that are planned now, and of earlier ones of the same name whose settings or data were others. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { MedpeftError } from '../../runner/errors';
import type { PlannedRun } from '../../runner/plan';
import { type RunSummary, readRun } from '../../runner/runs/read';
import type { RunFacts } from './plan-facts';

/** @param methodOf the key in `methods` of a method's name */
export function runFacts(planned: readonly PlannedRun[], methodOf: (name: string) => string): RunFacts[] {
  const names = new Map<string, string[]>();
  const inFolder = (folder: string) => {
    const known = names.get(folder) ?? (existsSync(folder) ? readdirSync(folder) : []);
    names.set(folder, known);
    return known;
  };
  const current = new Set(planned.map(({ id }) => id));
  return planned.flatMap((run) => {
    const own = readFacts(run, run.id, methodOf, false);
    if (own) return [own];
    const prefix = run.id.slice(0, run.id.lastIndexOf('--') + 2);
    const earlier = inFolder(run.outputDir)
      .filter((name) => name.startsWith(prefix) && !current.has(name))
      .flatMap((name) => readFacts(run, name, methodOf, true) ?? [])
      .filter(({ state }) => state === 'finished')
      .sort((a, b) => ((a.finished ?? '') < (b.finished ?? '') ? 1 : -1));
    return earlier.slice(0, 1);
  });
}

function readFacts(
  { outputDir, specFile, methodName }: PlannedRun,
  name: string,
  methodOf: (name: string) => string,
  stale: boolean,
): RunFacts | undefined {
  const run = tryRead(path.join(outputDir, name));
  // Another spec may write runs of the same names into the same folder.
  if (!run || (stale && run.manifest.spec?.file !== specFile)) return undefined;
  const { folder, state, result } = run;
  return { folder, method: methodOf(methodName), state, stale, score: scoreOf(run), finished: result?.finished };
}

/** Undefined where no run is, or a damaged one: the Runs view tells of that. */
function tryRead(folder: string): RunSummary | undefined {
  try {
    return readRun(folder);
  } catch (error) {
    if (error instanceof MedpeftError) return undefined;
    throw error;
  }
}

function scoreOf({ result, manifest }: RunSummary): RunFacts['score'] {
  const [test] = Object.keys(result?.metrics ?? {});
  const values = test === undefined ? undefined : result?.metrics[test];
  const { select_by: selectedBy } = manifest.resolved.task;
  const metric = typeof selectedBy === 'string' && values?.[selectedBy] ? selectedBy : Object.keys(values ?? {})[0];
  const value = metric === undefined ? undefined : values?.[metric]?.value;
  return test === undefined || metric === undefined || typeof value !== 'number' ? undefined : { metric, test, value };
}
