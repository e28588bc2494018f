/** The memory that a run will take at most, from config.json, names and shapes alone. */
import { batches } from '../data/batches';
import { imageFilesOf } from '../data/image_files';
import type { Batch, ResolvedSplits, TaskItem } from '../data/types';
import type { Selection } from '../methods/types';
import type { Adaptations } from '../models/adaptations';
import type { Checkpoint } from '../models/checkpoint';
import { footprintOf } from '../models/footprint';
import { type FrozenPrecision, halvesOf } from '../models/precision';
import { canStream } from '../models/residents';
import { sizeOf } from '../models/safetensors';
import { streamWindow } from '../models/window';
import type { MemoryNeeds, PlannedRun } from './types';

/** The sizes of the batch that takes most. */
export interface BatchSizes {
  rows: number;
  /** Unique images. */
  images: number;
  questionTokens: number;
  answerTokens: number;
}

const float = Float32Array.BYTES_PER_ELEMENT;
/** Node, the engine and the decoded images of a process that has loaded no model yet. */
const process = 165e6;
/** Tensors that nobody needs any more wait for each other to be collected (rubbish.ts). */
const waiting = 64 * 2 ** 20;
/** States of images are kept up to this (image_features.ts). */
const keptStates = 512 * 2 ** 20;

export interface MemoryOptions {
  images: number;
  accumulates: boolean;
  precision?: FrozenPrecision;
}

/**
 * @param config as parsed from config.json, at the run's image size
 * @param images unique images of all splits: their states are kept while there is room
 * @param accumulates whether a step sums the gradients of several micro-batches
 * @param precision of frozen matrices in memory
 * @returns undefined for a family of which nobody knows it before it is tried
 */
export function memoryNeeds(
  checkpoint: Pick<Checkpoint, 'family' | 'config' | 'parameters' | 'headerOf'>,
  selection: Selection,
  batch: BatchSizes,
  { images, accumulates, precision }: MemoryOptions,
): MemoryNeeds | undefined {
  const { family, config, parameters, headerOf } = checkpoint;
  if (!family.rehearse) return undefined;
  const base = selection.base.map(({ parameter }) => parameter);
  const added = selection.added.flatMap(({ tensors }) => tensors);
  const count = (tensors: readonly { shape: readonly number[] }[]) =>
    tensors.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const trained = count(base) + count(added);
  const parts = tunedParts(selection);
  const { steps, feeds, imageBytes } = family.rehearse(config, shapedBatch(batch), ...parts);
  const halves = halvesOf(checkpoint, parts[0], precision);
  const held = ({ canonical }: { canonical: string }) => (halves.has(canonical) ? float / 2 : float);
  const bytes = (of: typeof parameters) => of.reduce((sum, one) => sum + held(one) * sizeOf(one.shape), 0);
  const whole = footprintOf(steps, feeds, { halves });
  const least = footprintOf(steps, feeds, { keptBytes: 0, halves });
  const weights = bytes(parameters) + float * count(added);
  const moments = 2 * float * trained;
  const sums = accumulates ? float * trained : 0;
  const states = Math.min(keptStates, images * imageBytes);
  const fixed = process + weights + moments + sums + states;
  const tuned = new Set(base.map(({ canonical }) => canonical));
  const streamed = parameters.filter((one) => !tuned.has(one.canonical) && canStream(one, checkpoint));
  const streamedBytes = new Map(
    streamed.map(({ canonical, name, shape }) => {
      const { begin = 0, end = float * sizeOf(shape) } = headerOf.get(name)?.tensors.get(name) ?? {};
      return [canonical, { widened: held({ canonical }) * sizeOf(shape), stored: end - begin }];
    }),
  );
  const window = streamWindow(steps, (name) => streamedBytes.get(name));
  const recomputedBytes = fixed + Math.min(waiting, least.bytes) + least.bytes;
  return {
    bytes: fixed + Math.min(waiting, whole.bytes) + whole.bytes,
    recomputedBytes,
    leastBytes: recomputedBytes - Math.max(0, bytes(streamed) - window),
    savedBytes: whole.savedBytes,
  };
}

/** What a selection trains, by names in the network, and what its methods do there. */
export function tunedParts({ base, added }: Selection): [ReadonlySet<string>, Adaptations] {
  const places = added.flatMap(({ tensors }) => tensors.map(({ place }) => place));
  return [
    new Set([...base.map(({ parameter }) => parameter.canonical), ...places]),
    { sites: added.flatMap(({ sites }) => sites), calls: added.flatMap(({ calls = [] }) => calls) },
  ];
}

/** The sizes that a run's batches reach: of the first epoch's batch with the most images, and of the longest texts, in words and as the tokens that these may become. */
export function batchSizes(
  { training, task, seed }: Pick<PlannedRun, 'training' | 'task' | 'seed'>,
  { train, test, transfer, validation }: ResolvedSplits,
): BatchSizes & { allImages: number } {
  const files = (items: readonly TaskItem[]) => new Set(items.flatMap(imageFilesOf)).size;
  const all = [...train, ...validation, ...[...test.values(), ...transfer.values()].flat()];
  const { batch_size: batchSize, batching } = training;
  const items = train.length > 0 ? train : all;
  const epoch = batches(items, { batchSize, batching, seed, epoch: 0 });
  const limits: { max_question_tokens?: number; max_answer_tokens?: number } = task.type === 'vqa' ? task : {};
  const longest = (of: 'question' | 'answer', limit: number) =>
    Math.min(limit, 2 + Math.max(0, ...items.map((item) => Math.ceil(1.4 * item[of].split(/\s+/).length))));
  return {
    rows: Math.min(batchSize, items.length),
    images: Math.max(1, ...epoch.map(files)),
    questionTokens: longest('question', limits.max_question_tokens ?? 35),
    answerTokens: longest('answer', limits.max_answer_tokens ?? 12),
    allImages: files(all),
  };
}

/** A batch of these sizes: every row has as many tokens as the longest, rows ask about the images in turn. */
export function shapedBatch({ rows, images, questionTokens, answerTokens }: BatchSizes): Batch {
  const filled = (columns: number) => new Int32Array(rows * columns).fill(1);
  return {
    ids: Array.from({ length: rows }, (_, i) => String(i)),
    imageKeys: Array.from({ length: images }, (_, i) => String(i)),
    pixelValues: new Float32Array(0),
    imageSize: 0,
    imageOf: Int32Array.from({ length: rows }, (_, i) => i % images),
    inputIds: filled(questionTokens),
    attentionMask: filled(questionTokens),
    questionLength: questionTokens,
    decoderInputIds: filled(answerTokens),
    decoderAttentionMask: filled(answerTokens),
    labels: filled(answerTokens),
    answerLength: answerTokens,
  };
}
