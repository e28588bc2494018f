/** Checkpoints of a run: all that its rest depends on, in one safetensors file with a checksum beside it. */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { MedpeftError } from '../errors';
import { readHeader, readTensor, type TensorToWrite, writeSafetensors } from '../models/safetensors';
import type { Trainable } from '../models/types';
import { replaceWith, writeAtomic } from '../runs/atomic';
import { checkpointFile, runFiles } from '../runs/layout';
import type { Moments } from './adamw';
import { parseState, stateText, type TrainingState } from './state';

const suffixes = ['', '.first', '.second'] as const;
const checksumOf = (file: string) => `${file}.sha256`;

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/**
 * Writes a checkpoint: values under the tensors' names, AdamW's moments under `<name>.first` and `<name>.second`, the state as JSON in the
 * header. The checksum, in sha256sum's format, is written last: without it there is no checkpoint.
 */
export async function saveCheckpoint(
  folder: string,
  trainables: readonly Trainable[],
  moments: ReadonlyMap<string, Moments>,
  state: TrainingState,
): Promise<{ file: string; sha256: string }> {
  const relative = checkpointFile(state.step);
  const file = path.join(folder, relative);
  const tensors = new Map<string, TensorToWrite>();
  for (const { name, shape, value } of trainables) {
    const { first, second } = moments.get(name)!;
    for (const [i, data] of [value, first, second].entries())
      tensors.set(`${name}${suffixes[i]}`, { shape, data: data as Float32Array });
  }
  rmSync(checksumOf(file), { force: true });
  replaceWith(file, (temporary) => writeSafetensors(temporary, tensors, { metadata: { state: stateText(state) } }));
  const checksum = await sha256(file);
  writeAtomic(checksumOf(file), `${checksum}  ${path.basename(file)}\n`);
  return { file: relative.split(path.sep).join('/'), sha256: checksum };
}

/** Steps of the checkpoints in a run folder, whole or not, latest first. */
export function checkpointSteps(folder: string): number[] {
  const from = path.join(folder, runFiles.checkpoints);
  if (!existsSync(from)) return [];
  // a checksum without its file counts too: that checkpoint was lost
  const steps = readdirSync(from).map((name) => /^step-(\d+)\.safetensors(\.sha256)?$/.exec(name)?.[1]);
  return [...new Set(steps.filter((step) => step !== undefined).map(Number))].sort((a, b) => b - a);
}

/** Removes all but the last two and the best, of each candidate rate where there are several. */
export function pruneCheckpoints(folder: string, { trials }: Pick<TrainingState, 'trials'>): void {
  const best = new Set(trials.map((trial) => trial.best?.step));
  for (const step of checkpointSteps(folder).slice(2)) {
    if (best.has(step)) continue;
    const file = path.join(folder, checkpointFile(step));
    rmSync(checksumOf(file), { force: true });
    rmSync(file, { force: true });
  }
}

/** Why a checkpoint cannot be used; undefined if it can. */
export async function checkpointProblem(folder: string, step: number): Promise<string | undefined> {
  const file = path.join(folder, checkpointFile(step));
  if (!existsSync(file)) return `${checkpointFile(step)} is missing`;
  if (!existsSync(checksumOf(file))) return `${checkpointFile(step)} was not finished: it has no checksum`;
  const wanted = readFileSync(checksumOf(file), 'utf8').split(' ')[0];
  return (await sha256(file)) === wanted ? undefined : `${checkpointFile(step)} does not have its checksum`;
}

function readState(folder: string, step: number): TrainingState | undefined {
  return parseState(readHeader(path.join(folder, checkpointFile(step))).metadata.state!);
}

/** As `loadTensors`, of a checkpoint that may have lain there for long. @throws MP4004 if it is no longer whole */
export async function loadBest(folder: string, step: number, trainables: readonly Trainable[]): Promise<void> {
  const problem = await checkpointProblem(folder, step);
  if (problem !== undefined)
    throw new MedpeftError(
      'MP4004',
      `the best checkpoint cannot be used: ${problem}`,
      '`medpeft resume` trains again from the last checkpoint that is whole',
      checkpointFile(step),
    );
  loadTensors(folder, step, trainables);
}

/** Puts a checkpoint's tensors in place of the present ones; moments only if given. */
export function loadTensors(
  folder: string,
  step: number,
  trainables: readonly Trainable[],
  moments?: ReadonlyMap<string, Moments>,
): void {
  const header = readHeader(path.join(folder, checkpointFile(step)));
  for (const { name, value } of trainables) {
    value.set(readTensor(header, name));
    if (!moments) continue;
    moments.get(name)!.first.set(readTensor(header, `${name}.first`));
    moments.get(name)!.second.set(readTensor(header, `${name}.second`));
  }
}

const untouchedFile = path.join(runFiles.checkpoints, 'untouched.safetensors');

/** Keeps the tuned tensors as they are before the first step, for the trials after the first one. */
export function keepUntouched(folder: string, trainables: readonly Trainable[]): void {
  const tensors = new Map(trainables.map(({ name, shape, value }) => [name, { shape, data: value }]));
  replaceWith(path.join(folder, untouchedFile), (temporary) => writeSafetensors(temporary, tensors));
}

/** Puts them back, with moments of zero: nothing has been learnt yet. */
export function beginAnew(
  folder: string,
  trainables: readonly Trainable[],
  moments: ReadonlyMap<string, Moments>,
): void {
  const header = readHeader(path.join(folder, untouchedFile));
  for (const { name, value } of trainables) {
    value.set(readTensor(header, name));
    moments.get(name)!.first.fill(0);
    moments.get(name)!.second.fill(0);
  }
}

/**
 * The latest state that can be gone on with: its own file and those of its best steps are whole.
 * @param onDamaged told of each checkpoint that cannot be used
 */
export async function findState(
  folder: string,
  onDamaged: (problem: string) => void,
): Promise<TrainingState | undefined> {
  for (const step of checkpointSteps(folder)) {
    const problem = await checkpointProblem(folder, step);
    const state = problem === undefined ? readState(folder, step) : undefined;
    if (!state) {
      onDamaged(problem ?? `${checkpointFile(step)} was written by another version`);
      continue;
    }
    const kept = state.trials.flatMap(({ best }) => (best && best.step !== step ? [best.step] : []));
    const problems = await Promise.all(kept.map((best) => checkpointProblem(folder, best)));
    const best = problems.find((found) => found !== undefined);
    if (best === undefined) return state;
    onDamaged(`${best}, which is the best of ${checkpointFile(step)}`);
  }
  return undefined;
}
