/** Run folders -> comparison table. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { MedpeftError } from '../errors';
import { listRuns, type RunSummary, readNotes, readPredictions, readRun, runFiles } from '../runs';
import { comparable, type ScoredRun } from './group';
import { makeSection } from './section';
import type { ComparisonTable } from './table';

export interface CompareOptions {
  /** Method that the others are tested against; default: the untuned base, if there is one. */
  reference?: string;
  /** Default `holm`. */
  correction?: 'holm' | 'none';
  /** Hears of damaged run folders, which are left out. */
  onProblem?: (error: MedpeftError) => void;
}

/**
 * @param folders run folders, or folders of run folders.
 * @throws MP4007 for a folder that holds no run, MP4003 for a damaged run folder named by itself.
 */
export function compareRuns(folders: readonly string[], options: CompareOptions = {}): ComparisonTable {
  return compareSummaries(readRuns(folders, options.onProblem), options);
}

/** The runs of run folders and of folders of run folders, each once. Throws and reports as `compareRuns` does. */
export function readRuns(folders: readonly string[], onProblem?: CompareOptions['onProblem']): RunSummary[] {
  const runs = folders.flatMap((folder) => runsIn(folder, onProblem));
  return [...new Map(runs.map((run) => [run.folder, run])).values()];
}

/** The same for runs that were read already. */
export function compareSummaries(runs: readonly RunSummary[], options: CompareOptions = {}): ComparisonTable {
  const scored = runs.flatMap((run): ScoredRun[] =>
    run.result
      ? [{ run, result: run.result, predictions: readPredictions(run.folder), starred: isStarred(run, options) }]
      : [],
  );
  const groups = comparable(scored);
  return {
    sections: groups.map((group) => makeSection(group, options, groups.filter(bearsNamesOf(group)).length - 1)),
    unfinished: runs.filter(({ result }) => !result).map(({ id, folder, state }) => ({ id, folder, state })),
  };
}

/** Damaged notes are told of, and cost no result. */
function isStarred({ folder }: RunSummary, { onProblem }: CompareOptions): boolean {
  try {
    return readNotes(folder).starred === true;
  } catch (error) {
    if (!(error instanceof MedpeftError) || !onProblem) throw error;
    onProblem(error);
    return false;
  }
}

function bearsNamesOf([first]: readonly ScoredRun[]): (group: readonly ScoredRun[]) => boolean {
  const { model, task } = first!.run.manifest;
  return ([other]) => other!.run.manifest.model === model && other!.run.manifest.task === task;
}

function runsIn(folder: string, onProblem: CompareOptions['onProblem']): RunSummary[] {
  const at = path.resolve(folder);
  if (existsSync(path.join(at, runFiles.manifest))) return [readRun(at)];
  const runs = listRuns(at, onProblem);
  if (runs.length > 0) return runs;
  throw new MedpeftError(
    'MP4007',
    existsSync(at) ? `there is no run in ${at}` : `folder ${at} does not exist`,
    'name a run folder, or the folder that holds them (runtime.output_dir of the spec)',
    at,
  );
}
