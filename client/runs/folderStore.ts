/** The run store over output folders: watches those of the known specs and reads again what changed. */
import path from 'node:path';
import type { Event } from 'vscode';
import { MedpeftError } from '../../runner/errors';
import type * as runFolders from '../../runner/runs';
import { type SpecPlace, specOfRun } from '../../runner/runs/spec_of_run';
import { disposables } from '../disposables';
import type { VsCode } from '../vscode';
import type { RunStore, RunSummary, RunsChange } from './store';

/** The part of runner/runs that the store stands on. */
export type RunFolders = Pick<typeof runFolders, 'listRuns' | 'readRun' | 'watchRuns'>;

/** Where to look for runs. */
export interface OutputFolders {
  outputDirs(): readonly string[];
  /** The specs that are known. */
  list(): readonly SpecPlace[];
  readonly onDidChange: Event<unknown>;
}

/** @param outputDirOf the output folder of a spec that a run names and that is not known; undefined where there is no such file */
export function createRunStore(
  { EventEmitter }: Pick<VsCode, 'EventEmitter'>,
  outputs: OutputFolders,
  { listRuns, readRun, watchRuns }: RunFolders,
  warn: (message: string) => void,
  outputDirOf: (specFile: string) => string | undefined,
): RunStore {
  const held = disposables();
  const changed = held.add(new EventEmitter<RunsChange>());
  const runs = new Map<string, RunSummary>();
  const watches = new Map<string, () => Promise<void>>();
  const toldProblems = new Set<string>();
  /** Folder of a run -> its spec, as long as no spec has changed. */
  const specs = new Map<string, string>();

  const onProblem = (error: MedpeftError) => {
    const text = `${error.code} ${error.place ?? ''}: ${error.message}`;
    if (!toldProblems.has(text)) warn(text);
    toldProblems.add(text);
  };

  /** Reads one folder; forgets it when there is no run in it any more. */
  const look = (folder: string) => {
    try {
      const run = readRun(folder);
      // events come all the time; another run in the same folder has another manifest
      if (runs.get(folder)?.manifest.created !== run.manifest.created) specs.delete(folder);
      runs.set(folder, run);
    } catch (error) {
      if (!(error instanceof MedpeftError)) throw error;
      runs.delete(folder);
      specs.delete(folder);
      if (error.code !== 'MP4007') onProblem(error);
    }
  };

  /** Reads a whole output folder, and says which runs are there now or were before. */
  const lookAt = (dir: string): string[] => {
    const before = [...runs.keys()].filter((folder) => path.dirname(folder) === dir);
    for (const folder of before) runs.delete(folder);
    const found = listRuns(dir, onProblem);
    for (const run of found) runs.set(run.folder, run);
    return [...new Set([...before, ...found.map((run) => run.folder)])];
  };

  const notify = (folders: readonly string[]) => {
    if (folders.length > 0) changed.fire({ folders });
  };

  /** Watches exactly the output folders there are now. */
  const followOutputs = () => {
    specs.clear();
    const wanted = new Set(outputs.outputDirs());
    const touched: string[] = [];
    for (const [dir, stop] of watches) {
      if (wanted.has(dir)) continue;
      watches.delete(dir);
      void stop();
      for (const folder of [...runs.keys()]) {
        if (path.dirname(folder) !== dir) continue;
        runs.delete(folder);
        touched.push(folder);
      }
    }
    for (const dir of wanted) {
      if (watches.has(dir)) continue;
      // watch first: a run that starts between the two is then read twice, not missed
      watches.set(
        dir,
        watchRuns(dir, (folders) => {
          for (const folder of folders) look(folder);
          notify(folders);
        }),
      );
      touched.push(...lookAt(dir));
    }
    notify(touched);
  };

  held.add(outputs.onDidChange(followOutputs));
  held.add({
    dispose: () => {
      for (const stop of watches.values()) void stop();
    },
  });
  followOutputs();

  const list = () => [...runs.values()].sort((a, b) => compareText(b.manifest.created, a.manifest.created));
  const specOf = (run: RunSummary) => {
    const known = specs.get(run.folder);
    if (known !== undefined) return known;
    const found = specOfRun(run, outputs.list(), outputDirOf) ?? path.dirname(run.folder);
    specs.set(run.folder, found);
    return found;
  };
  return {
    list,
    get: (folder) => runs.get(folder),
    specOf,
    ofSpec: (specFile) => list().filter((run) => specOf(run) === specFile),
    onDidChange: changed.event,
    refresh: async () => {
      specs.clear();
      notify([...watches.keys()].flatMap(lookAt));
    },
    dispose: () => held.dispose(),
  };
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
