/** Everything of a run that is data: items by part, and how they become batches and text. */
import {
  type Batch,
  blankImages,
  collate,
  countSkipped,
  countSplits,
  countTruncated,
  cutWords,
  eachAnswer,
  fileHashesOf,
  type HeldOut,
  openDatasets,
  openImages,
  openTokenizer,
  type Preprocessing,
  type ResolvedSplits,
  type RoleCounts,
  resolvePreprocessing,
  resolveSplits,
  type SkippedCounts,
  skippedText,
  type TaskItem,
  type TextForms,
  textFormsOf,
  tokenLimits,
  withoutUnreadable,
} from '../data';
import { MedpeftError } from '../errors';
import type { Checkpoint } from '../models';
import type { PlannedRun } from '../plan/types';
import type { Answering } from './evaluate';
import { candidatesOf } from './ranking';

export interface RunData extends Answering {
  splits: ResolvedSplits;
  counts: RoleCounts;
  /** What `on_bad_item: skip` left out of the splits that the task names. */
  skipped: SkippedCounts;
  /** SHA-256 of the files that were read, by `dataset/file`. */
  fileHashes: Readonly<Record<string, string>>;
  /** The training items with their answers in the form of references: what baselines are made of. */
  trainAsScored: TaskItem[];
  /** Side of the images in pixels; undefined for a model that sees none. */
  imageSize: number | undefined;
  collate(items: readonly TaskItem[]): Promise<Batch>;
  /** The same with a black image in place of every image. */
  collateBlank(items: readonly TaskItem[]): Promise<Batch>;
  /** What the user should know before a score is believed. */
  warnings: { code: string; message: string; hint: string }[];
}

/** Stands for every image where a model sees none. */
const unseen: Preprocessing = { size: 1, fit: 'squash', mean: [0, 0, 0], std: [1, 1, 1] };

/** Opens the data of a task for a model. @param before what the run held out for validation when it began. @throws the errors of runner/data: files, splits, images, tokenizer. */
export async function openRunData(
  { model, task, datasets, method, sample }: Pick<PlannedRun, 'model' | 'task' | 'datasets' | 'method' | 'sample'>,
  { config, family }: Checkpoint,
  before?: HeldOut,
): Promise<RunData> {
  const sees = family.images(config);
  const preprocessing = sees ? await resolvePreprocessing(model, sees) : unseen;
  const tokenizer = await openTokenizer(model.path, family.reading(config), model.prompt_template);
  const images = sees ? openImages(preprocessing) : blankImages(unseen);
  const opened = await openDatasets(task, datasets);
  const { splits: read, skipped } = await withoutUnreadable(
    sampled(resolveSplits(task, opened, before), sample),
    images,
    datasets,
  );
  const forms = textFormsOf(task, tokenizer);
  const splits = inForms(read, forms);
  const limits = tokenLimits(task);
  const settings = {
    tokenizer,
    images,
    maxQuestionTokens: limits.question,
    maxAnswerTokens: limits.answer,
    ...(limits.chat === undefined ? {} : { maxChatTokens: limits.chat }),
  };

  const trainAsScored = read.train
    .flatMap(eachAnswer)
    .map((item) => ({ ...item, answer: forms.reference(item.answer) }));
  const candidates = candidatesOf(task, trainAsScored, (answer) =>
    tokenizer.answer(answer, Number.POSITIVE_INFINITY).ids.slice(tokenizer.goesOn ? 0 : 1),
  );
  const left = [
    ...Object.entries(opened).flatMap(([name, dataset]) =>
      dataset.skipped.map(({ split, reason }) => ({ split: `${name}/${split}`, reason })),
    ),
    ...skipped,
  ];
  const leftOut = countSkipped(left);
  // Answers to train on are read by what trains alone.
  const trains = Object.keys(method.components).length > 0;
  const { answers: cut, mute } = trains ? countTruncated(splits.train, settings) : { answers: 0, mute: [] };
  if (mute.length > 0) throw cutToNothing(mute, limits.chat);
  const unseenChats = sees || task.type !== 'instruction' ? 0 : splits.train.filter(({ image }) => image).length;
  return {
    splits,
    counts: countSplits(splits),
    fileHashes: fileHashesOf(opened),
    skipped: leftOut,
    imageSize: sees && preprocessing.size,
    collate: (items) => collate(items, settings),
    collateBlank: (items) => collate(items.map(withOneImage), { ...settings, images: blankImages(preprocessing) }),
    decode: (ids) => forms.prediction(tokenizer.decode(ids)),
    trainAsScored,
    ...(candidates ? { candidates } : {}),
    warnings: [
      ...(left.length > 0
        ? [
            {
              code: 'MP2004',
              message: `${left.length} records are left out: ${skippedText(leftOut)}`,
              hint: '`medpeft inspect data` lists them',
            },
          ]
        : []),
      ...(cut > 0
        ? [
            {
              code: 'MP2006',
              message: `${cut} of ${splits.train.length} training ${cutWords(limits)} tokens`,
              hint: `raise ${limits.answerKey} of the task, or the model learns to stop early`,
            },
          ]
        : []),
      ...(unseenChats > 0
        ? [
            {
              code: 'MP1108',
              message: `${unseenChats} of ${splits.train.length} chats to train on show an image, which a model of the family ${family.id} does not see`,
              hint: 'keep those about text alone: `"filter": {"images": "0"}` of the data set; or take a model of the family llava',
            },
          ]
        : []),
    ],
  };
}

/** A chat without a single answer left would be a step towards nothing. */
function cutToNothing([first, ...others]: readonly TaskItem[], limit: number | undefined): MedpeftError {
  return new MedpeftError(
    'MP2006',
    `no answer of the chat ${first!.split}#${first!.id} begins within ${limit} tokens (nor of ${others.length} others)`,
    'raise max_length of the task, or filter such chats out',
    first!.split,
  );
}

function withOneImage({ moreImageFiles: _, ...item }: TaskItem): TaskItem {
  return item;
}

/** So many items of each scored split, of every answer type in turn: each metric has something to score. */
function sampled(splits: ResolvedSplits, sample: number | undefined): ResolvedSplits {
  if (sample === undefined) return splits;
  const some = (items: readonly TaskItem[]) => {
    const kinds = [...new Set(items.map(({ answerType }) => answerType))];
    const ofEach = Math.ceil(sample / kinds.length);
    return kinds.flatMap((kind) => items.filter(({ answerType }) => answerType === kind).slice(0, ofEach));
  };
  const ofEach = (tests: ResolvedSplits['test']) => new Map([...tests].map(([name, items]) => [name, some(items)]));
  return {
    ...splits,
    validation: some(splits.validation),
    test: ofEach(splits.test),
    transfer: ofEach(splits.transfer),
  };
}

/** Items whose answers are targets where they are trained on, and references where they are scored. */
function inForms(splits: ResolvedSplits, { target, reference }: TextForms): ResolvedSplits {
  const as = (form: (answer: string) => string) => (items: readonly TaskItem[]) =>
    items.map((item) => ({ ...item, answer: form(item.answer) }));
  const scored = (tests: ResolvedSplits['test']) =>
    new Map([...tests].map(([name, items]) => [name, as(reference)(items)]));
  return {
    ...splits,
    train: as(target)(splits.train),
    validation: as(reference)(splits.validation),
    test: scored(splits.test),
    transfer: scored(splits.transfer),
  };
}
