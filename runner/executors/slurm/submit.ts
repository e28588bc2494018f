/** Hands runs to Slurm: one array for each model's runs, each run's folder saying that it waits. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { PlannedRun } from '../../plan/types';
import { openRun, readRun, runFiles } from '../../runs';
import { readSubmission, writeSubmission } from '../../runs/submission';
import { manifestOf } from '../../training/manifest';
import { cancelJob, jobsInQueue, releaseJob, submitScript } from './commands';
import { arrayScript, closeScript, mostTasks, type Places } from './script';

/** An array that is, or would be, submitted. */
export interface Submitted {
  /** The array's number; undefined if it was only shown. */
  job?: string;
  runs: readonly PlannedRun[];
  script: string;
  /** Folder of scripts and logs. */
  folder: string;
}

export interface SubmitOptions {
  /** dist/cli.js, on a disk that the nodes see. */
  cli: string;
  /** Only tells what would be submitted. */
  dry: boolean;
}

const closing = 'close.sh';

/** Has an array closed once all of its tasks have ended. @param folder of its scripts */
export function closeAfter(folder: string, array: string): void {
  submitScript(path.join(folder, closing), `--dependency=afterany:${array}`);
}

const folderOf = (run: PlannedRun) => path.join(run.outputDir, run.id);

/** Runs that neither go on nor wait in the queue already. @throws MP4201, MP4202 */
export function notYetSubmitted(runs: readonly PlannedRun[]): PlannedRun[] {
  const waiting = runs.filter((run) => readSubmission(folderOf(run)));
  const queue = waiting.length > 0 ? jobsInQueue() : new Set<string>();
  return runs.filter((run) => {
    const folder = folderOf(run);
    if (!existsSync(path.join(folder, runFiles.manifest))) return true;
    const job = readSubmission(folder)?.job;
    return job === undefined ? readRun(folder).state !== 'running' : !queue.has(job);
  });
}

/** Arrays of runs that may share what they ask for: those of one model, and of no more than an array may hold. */
function arraysOf(runs: readonly PlannedRun[]): PlannedRun[][] {
  const byModel = new Map<string, PlannedRun[]>();
  for (const run of runs) byModel.set(run.modelName, [...(byModel.get(run.modelName) ?? []), run]);
  return [...byModel.values()].flatMap((all) =>
    Array.from({ length: Math.ceil(all.length / mostTasks) }, (_, i) => all.slice(i * mostTasks, (i + 1) * mostTasks)),
  );
}

/**
 * @param runs with `slurm`: what one asks for, all of its model do
 * Submits the arrays and has each run's folder say that it waits.
 * @throws MP4201, MP4202 of Slurm, MP4001, MP4002 of a folder: the array is then cancelled again; arrays before it stay submitted, as their folders say
 */
export async function submitRuns(runs: readonly PlannedRun[], { cli, dry }: SubmitOptions): Promise<Submitted[]> {
  const submitted: Submitted[] = [];
  for (const [i, array] of arraysOf(runs).entries()) {
    const settings = array[0]!.slurm!;
    const stamp = new Date().toISOString().replace(/[-:]/g, '').replace(/\..*/, '');
    const folder = path.join(array[0]!.outputDir, '.slurm', `${stamp}-${process.pid}-${i}`);
    const places: Places = { node: process.execPath, cli, runs: path.join(folder, 'runs.txt'), logs: folder };
    const script = arrayScript(array, settings, places);
    if (dry) {
      submitted.push({ runs: array, script, folder });
      continue;
    }
    mkdirSync(folder, { recursive: true });
    writeFileSync(places.runs, array.map((run) => `${folderOf(run)}\n`).join(''));
    const job = submitHeld(folder, script);
    try {
      for (const [task, run] of array.entries()) await announce(run, `${job}_${task}`);
      writeFileSync(path.join(folder, closing), closeScript(settings, places, job));
      closeAfter(folder, job);
      releaseJob(job);
    } catch (error) {
      cancelJob(job);
      throw error;
    }
    submitted.push({ job, runs: array, script, folder });
  }
  return submitted;
}

/** Held back until every folder says that its run waits: a task that began before would be told to wait again. Of what Slurm refuses nothing is left. */
function submitHeld(folder: string, script: string): string {
  const file = path.join(folder, 'array.sh');
  writeFileSync(file, script);
  try {
    return submitScript(file, '--hold');
  } catch (error) {
    rmSync(folder, { recursive: true });
    throw error;
  }
}

/** Has a run's folder say that it waits; that of one that nobody has begun gets its manifest. */
async function announce(run: PlannedRun, job: string): Promise<void> {
  const folder = folderOf(run);
  const writer = await openRun(folder, { works: false });
  if (!existsSync(path.join(folder, runFiles.manifest))) writer.writeManifest(manifestOf(run));
  writeSubmission(folder, job);
  await writer.close();
}
