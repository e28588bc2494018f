/** What a run has to do, from names, shapes and data alone: which programs it runs, and how often. */

import { batches } from '../data/batches';
import { imageFilesOf } from '../data/image_files';
import { orderOf } from '../data/order';
import type { ResolvedSplits, TaskItem } from '../data/types';
import type { Selection } from '../methods/types';
import { type FootprintOptions, footprintOf, type ProgramRun, type RehearsedChain } from '../models/footprint';
import { halvesOf } from '../models/precision';
import type { PlannedRun, RunParts } from '../plan';
import { type BatchSizes, shapedBatch, tunedParts } from '../plan/memory';
import { calendarOf } from './calendar';

export interface Work {
  /** Of one micro-batch: forward, backward. */
  microBatch: readonly ProgramRun[];
  /** Values that an optimiser step changes. */
  trained: number;
  optimiserSteps: number;
  microBatches: number;
  /** All else: images that are encoded for later, and scoring. */
  beside: readonly ProgramRun[];
}

/** @param keptBytes that a step may keep for backward. @returns undefined for a family or task of which nobody knows it before it is tried */
export function workOf(
  run: PlannedRun,
  { checkpoint, selection, data }: RunParts,
  keptBytes: number,
): Work | undefined {
  const { family, config } = checkpoint;
  const { training, task } = run;
  if (task.type !== 'vqa' || !family.rehearse) return undefined;
  const { splits } = data;
  const sizes = typicalSizes(splits.train.length > 0 ? splits.train : [...splits.test.values()].flat(), run);
  const batch = shapedBatch(sizes);
  const [trainable, adaptations] = tunedParts(selection);
  const step = family.rehearse(config, batch, trainable, adaptations);
  const toLoss = family.rehearse(config, batch, new Set(), adaptations);
  const answering = toLoss.answering?.();
  if (!answering) return undefined;
  const optimiserSteps = run.steps ?? 0;
  const scored = scoringOf(run, splits);
  // test items are asked a second time, about a black image
  const answered = (scored.validation + 2 * scored.tests + scored.transfers) / sizes.rows;
  const halves = halvesOf(checkpoint, trainable, run.model.frozen_precision);
  const often = (chain: RehearsedChain, count: number) => repeated(chain, count, { halves });
  const tokens = Math.min(task.generation.max_new_tokens, sizes.answerTokens);
  return {
    microBatch: footprintOf(step.steps, step.feeds, { keptBytes, halves }).runs,
    trained: run.parameters?.trainable ?? 0,
    optimiserSteps,
    microBatches: optimiserSteps * training.gradient_accumulation_steps,
    beside: [
      ...(answering.image
        ? often(answering.image, trainsVision(selection) ? scored.imagesEachTime : scored.images)
        : []),
      ...often(answering.questions, answered),
      ...often(answering.token(sizes.rows * task.generation.num_beams), answered * tokens),
      ...often(toLoss, scored.validation / sizes.rows),
    ],
  };
}

/** Items that are scored, and images that are encoded: all of them once, or those of each scoring anew because the encoder has changed. */
function scoringOf(
  { training, method, seed, steps }: PlannedRun,
  { train, validation, test, transfer }: ResolvedSplits,
) {
  const [tests, transfers] = [[...test.values()].flat(), [...transfer.values()].flat()];
  const evaluations = () =>
    calendarOf(orderOf(train, training, seed), training, validation.length > 0).evaluationsAfter(0);
  const times = steps ? (method.learningRateCandidates?.length ?? 1) * evaluations() : 1;
  return {
    validation: times * validation.length,
    tests: tests.length,
    transfers: transfers.length,
    images: imagesIn([...(steps ? train : []), ...validation, ...tests, ...transfers]),
    imagesEachTime: times * imagesIn(validation) + imagesIn(tests) + imagesIn(transfers),
  };
}

function trainsVision({ base, added }: Selection): boolean {
  const components = [...base.map(({ parameter }) => parameter.component), ...added.map(({ component }) => component)];
  return components.includes('vision_encoder');
}

function repeated({ steps, feeds }: RehearsedChain, count: number, options: FootprintOptions): ProgramRun[] {
  return footprintOf(steps, feeds, options).runs.map((one) => ({ ...one, times: one.times * count }));
}

const imagesIn = (items: readonly TaskItem[]) => new Set(items.flatMap(imageFilesOf)).size;

/** The mean sizes of the first epoch's batches, tokens estimated from words. */
function typicalSizes(items: readonly TaskItem[], { training, seed }: PlannedRun): BatchSizes {
  const { batch_size: batchSize, batching } = training;
  const epoch = batches(items, { batchSize, batching, seed, epoch: 0 });
  const mean = (values: readonly number[]) =>
    Math.max(1, Math.round(values.reduce((a, b) => a + b, 0) / values.length));
  const words = (text: string) => text.split(/\s+/).length;
  return {
    rows: mean(epoch.map(({ length }) => length)),
    images: mean(epoch.map(imagesIn)),
    // a start and an end token, a question mark; and now and then a word in pieces
    questionTokens: mean(items.map(({ question }) => 1.2 * words(question) + 3)),
    answerTokens: mean(items.map(({ answer }) => 1.2 * words(answer) + 2)),
  };
}
