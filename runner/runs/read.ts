/** What a run folder tells: state, progress, result. Reads only, never locks; safe while the run goes on. */
import { closeSync, existsSync, fstatSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import type { RunEvent } from '../../schemas/generated/events';
import type { Manifest } from '../../schemas/generated/manifest';
import type { Prediction } from '../../schemas/generated/prediction';
import type { Result } from '../../schemas/generated/result';
import validateManifest from '../../schemas/generated/validate-manifest';
import validateResult from '../../schemas/generated/validate-result';
import { MedpeftError } from '../errors';
import { shellWord } from '../text';
import { effectiveEvents, parseEvents } from './events';
import { readHeartbeat } from './heartbeat';
import { runFiles } from './layout';
import { isAlive } from './process';
import { readSubmission } from './submission';

export type RunState = 'queued' | 'running' | 'finished' | 'failed' | 'cancelled' | 'interrupted';

export interface RunProgress {
  step: number;
  /** 0 until the run has begun. */
  totalSteps: number;
  loss?: number;
  itemsPerSecond?: number;
  secondsLeft?: number;
  /** How far the step is that is being taken, where steps take long. */
  doing?: string;
}

export interface RunSummary {
  id: string;
  /** Absolute. */
  folder: string;
  state: RunState;
  manifest: Manifest;
  lastEvent?: RunEvent;
  progress: RunProgress;
  result?: Result;
}

/** The end of events.jsonl that is read first, and the most of it: enough to hold the last step event beside many evaluations. */
const [firstTailBytes, tailBytes] = [16 * 1024, 256 * 1024];

/** First event, and the events at the end, of which those that count. */
function ends(folder: string): { first?: RunEvent; tail: RunEvent[] } {
  const file = path.join(folder, runFiles.events);
  if (!existsSync(file)) return { tail: [] };
  const fd = openSync(file, 'r');
  try {
    const { size } = fstatSync(fd);
    const read = (from: number, length: number) => {
      const bytes = Buffer.alloc(length);
      return bytes.toString('utf8', 0, readSync(fd, bytes, 0, length, from));
    };
    const head = read(0, Math.min(size, 4096));
    const tailOf = (most: number) => {
      const from = Math.max(0, size - most);
      const text = read(from, size - from);
      return effectiveEvents(parseEvents(text.slice(from === 0 ? 0 : text.indexOf('\n') + 1)));
    };
    const short = tailOf(firstTailBytes);
    return {
      first: parseEvents(head.slice(0, head.indexOf('\n') + 1))[0],
      tail: size <= firstTailBytes || short.some(({ type }) => type === 'step') ? short : tailOf(tailBytes),
    };
  } finally {
    closeSync(fd);
  }
}

function readJson<T>(file: string, validate: (value: unknown) => value is T): T {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new MedpeftError('MP4003', `not valid JSON: ${(error as Error).message}`, 'delete the run folder', file);
  }
  if (!validate(value))
    throw new MedpeftError(
      'MP4003',
      `not a ${path.basename(file)} of this version`,
      'delete the run folder and run again',
      file,
    );
  return value;
}

/** Whether the process that writes the folder is there. */
export function isRunAlive(folder: string): boolean {
  const beat = readHeartbeat(folder);
  return beat !== undefined && isAlive(beat.who, beat.ageMs);
}

function judge(folder: string, last: RunEvent | undefined, result: Result | undefined): RunState {
  const submission = readSubmission(folder);
  if (submission && (last?.seq ?? -1) < submission.from_seq) return 'queued';
  // the heartbeat begins before the manifest is written
  if (last === undefined) return isRunAlive(folder) ? 'queued' : 'interrupted';
  if (last.type === 'run_finished') return result ? 'finished' : 'interrupted';
  if (last.type === 'run_failed') return 'failed';
  if (last.type === 'run_cancelled') return 'cancelled';
  return isRunAlive(folder) ? 'running' : 'interrupted';
}

function progressOf(first: RunEvent | undefined, tail: RunEvent[]): RunProgress {
  const started = tail.findLast((e) => e.type === 'run_started') ?? first;
  const step = tail.findLast((e) => e.type === 'step');
  const known = tail.findLast((e) => 'step' in e && e.step !== undefined);
  return {
    step: known && 'step' in known ? (known.step ?? 0) : 0,
    totalSteps: started?.type === 'run_started' ? started.total_steps : 0,
    loss: step?.loss,
    itemsPerSecond: step?.items_per_second,
    secondsLeft: step?.seconds_left,
  };
}

function doingOf(folder: string): Pick<RunProgress, 'doing'> {
  const doing = readHeartbeat(folder)?.doing;
  return doing === undefined ? {} : { doing };
}

/** The folder itself, or the first one above it that exists. */
function nearestFolder(folder: string): string {
  return existsSync(folder) ? folder : nearestFolder(path.dirname(folder));
}

/** The manifest of a run folder that has one. @throws MP4003 if it is damaged */
export const readManifest = (folder: string): Manifest =>
  readJson(path.join(folder, runFiles.manifest), validateManifest);

/** Reads a run folder. MP4007 where there is no run, MP4003 where its files are damaged. */
export function readRun(folder: string): RunSummary {
  const at = path.resolve(folder);
  const manifestFile = path.join(at, runFiles.manifest);
  if (!existsSync(manifestFile))
    throw new MedpeftError(
      'MP4007',
      existsSync(at) ? 'this folder holds no run: it has no manifest.json' : 'there is no such folder',
      `name the folder of a run; medpeft status ${shellWord(nearestFolder(at))} lists those that there are`,
      at,
    );
  const manifest = readManifest(at);
  const { first, tail } = ends(at);
  const resultFile = path.join(at, runFiles.result);
  const result = existsSync(resultFile) ? readJson(resultFile, validateResult) : undefined;
  const lastEvent = tail.at(-1);
  const state = judge(at, lastEvent, result);
  return {
    id: manifest.run,
    folder: at,
    state,
    manifest,
    lastEvent,
    progress: { ...progressOf(first, tail), ...(state === 'running' ? doingOf(at) : {}) },
    ...(state === 'finished' ? { result } : {}),
  };
}

/** Folders that hold a run, in an output folder; none where that is missing, or no folder. */
export function runFolders(dir: string): string[] {
  if (!statSync(dir, { throwIfNoEntry: false })?.isDirectory()) return [];
  return readdirSync(dir, { withFileTypes: true })
    .filter((entry) => !entry.isFile())
    .map((entry) => path.join(dir, entry.name))
    .filter((folder) => existsSync(path.join(folder, runFiles.manifest)));
}

/** The runs of an output folder, by name; none where the folder is missing. Damaged ones go to `onProblem` and are left out. */
export function listRuns(dir: string, onProblem: (error: MedpeftError) => void = () => {}): RunSummary[] {
  const runs: RunSummary[] = [];
  for (const folder of runFolders(dir)) {
    try {
      runs.push(readRun(folder));
    } catch (error) {
      if (!(error instanceof MedpeftError)) throw error;
      onProblem(error);
    }
  }
  return runs.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

/** Predictions by file name without `.jsonl`, such as `test-rad-test`. */
export function readPredictions(folder: string): Map<string, Prediction[]> {
  const from = path.join(folder, runFiles.predictions);
  const found = new Map<string, Prediction[]>();
  if (!existsSync(from)) return found;
  for (const name of readdirSync(from).sort()) {
    if (!name.endsWith('.jsonl')) continue;
    const lines = readFileSync(path.join(from, name), 'utf8').split('\n').filter(Boolean);
    found.set(
      name.slice(0, -'.jsonl'.length),
      lines.map((line) => JSON.parse(line) as Prediction),
    );
  }
  return found;
}
