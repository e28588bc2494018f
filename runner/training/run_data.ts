/** Everything of a run that is data: items by part, and how they become batches and text. */
import {
  type Batch,
  collate,
  countSplits,
  countTruncated,
  openDatasets,
  openImages,
  openTokenizer,
  type ResolvedSplits,
  type RoleCounts,
  resolvePreprocessing,
  resolveSplits,
  type TaskItem,
  withoutUnreadable,
} from '../data';
import type { Checkpoint } from '../models';
import type { PlannedRun } from '../plan/types';
import type { Answering } from './evaluate';

export interface RunData extends Answering {
  splits: ResolvedSplits;
  counts: RoleCounts;
  /** Side of the images in pixels. */
  imageSize: number;
  collate(items: readonly TaskItem[]): Promise<Batch>;
  /** What the user should know before a score is believed. */
  warnings: { code: string; message: string; hint: string }[];
}

/** Opens the data of a task for a model. @throws the errors of runner/data: files, splits, images, tokenizer. */
export async function openRunData(
  { model, task, datasets }: Pick<PlannedRun, 'model' | 'task' | 'datasets'>,
  { config, family }: Checkpoint,
): Promise<RunData> {
  const preprocessing = await resolvePreprocessing(model, family.images(config)!.size);
  const tokenizer = await openTokenizer(model.path, family.reading(config));
  const images = openImages(preprocessing);
  const opened = await openDatasets(task, datasets);
  const { splits, skipped } = await withoutUnreadable(resolveSplits(task, opened), images, datasets);
  const limits: { max_question_tokens?: number; max_answer_tokens?: number } = task.type === 'vqa' ? task : {};
  const settings = {
    tokenizer,
    images,
    maxQuestionTokens: limits.max_question_tokens ?? 35,
    maxAnswerTokens: limits.max_answer_tokens ?? 12,
  };

  const left = [...Object.values(opened).flatMap((dataset) => dataset.skipped), ...skipped];
  const reasons = [...new Set(left.map(({ reason }) => reason))];
  const cut = countTruncated(splits.train, settings).answers;
  return {
    splits,
    counts: countSplits(splits),
    imageSize: preprocessing.size,
    collate: (items) => collate(items, settings),
    decode: (ids) => tokenizer.decode(ids),
    warnings: [
      ...(left.length > 0
        ? [
            {
              code: 'MP2004',
              message: `${left.length} records are left out: ${reasons.join('; ')}`,
              hint: '`medpeft inspect data` lists them',
            },
          ]
        : []),
      ...(cut > 0
        ? [
            {
              code: 'MP2006',
              message: `${cut} of ${splits.train.length} training answers are cut to ${settings.maxAnswerTokens} tokens`,
              hint: 'raise max_answer_tokens of the task, or the model learns to stop early',
            },
          ]
        : []),
    ],
  };
}
