/** Items to tensors. */
import { MedpeftError } from '../errors';
import type { ImageLoader, LoadedImage } from './images/loader';
import type { Encoded, Tokenizer } from './tokenizer';
import type { Batch, TaskItem } from './types';

export interface CollateSettings {
  tokenizer: Tokenizer;
  images: ImageLoader;
  /** Special tokens included. */
  maxQuestionTokens: number;
  /** Start token and [SEP] included. */
  maxAnswerTokens: number;
}

/**
 * Makes one micro-batch: rows in the items' order, padded on the right to the batch's longest, each image once.
 * @throws MP2001, MP2003 for images.
 */
export async function collate(items: readonly TaskItem[], settings: CollateSettings): Promise<Batch> {
  const { tokenizer, images } = settings;
  const questions = items.map(({ question }) => tokenizer.question(question, settings.maxQuestionTokens));
  const answers = items.map(({ answer }) => tokenizer.answer(answer, settings.maxAnswerTokens));
  const goesOn = tokenizer.goesOn;
  const question = pad(questions, tokenizer.padId, goesOn ? 'left' : 'right');
  // One text, of which only the answer is taught.
  const given = questions.map(({ ids }) => (goesOn ? ids.length : 0));
  const read = goesOn ? answers.map(({ ids }, row) => ({ ids: [...questions[row]!.ids, ...ids] })) : answers;
  const answer = pad(read, tokenizer.padId);
  return {
    ids: items.map(({ id }) => id),
    ...(await uniqueImages(items, images)),
    inputIds: question.ids,
    attentionMask: question.mask,
    questionLength: question.length,
    decoderInputIds: answer.ids,
    decoderAttentionMask: answer.mask,
    labels: answer.ids.map((id, i) =>
      answer.mask[i] && i % answer.length >= given[Math.floor(i / answer.length)]! ? id : -100,
    ),
    answerLength: answer.length,
  };
}

/** More views of one study than these are joined only in a batch whose studies all have as many. */
const maxViews = 12;

/**
 * The images of a batch, each study's once. Two files with the same bytes are one image. Studies have to have the same number of views
 * in a batch: those with fewer repeat theirs, up to the least common multiple. Attention over keys that all occur k times is attention over them
 * once, so nothing that the model computes depends on it.
 * @throws MP1106 if the numbers of views have too large a multiple.
 */
async function uniqueImages(items: readonly TaskItem[], images: ImageLoader) {
  const studies = new Map<string, LoadedImage[]>();
  const imageOf = new Int32Array(items.length);
  for (const [row, { imageFile, moreImageFiles = [] }] of items.entries()) {
    const loaded = await Promise.all([imageFile, ...moreImageFiles].map((file) => images.load(file)));
    const key = loaded.map((image) => image.key).join(' ');
    if (!studies.has(key)) studies.set(key, loaded);
    imageOf[row] = [...studies.keys()].indexOf(key);
  }
  const counts = [...new Set([...studies.values()].map(({ length }) => length))];
  const views = counts.reduce(leastCommonMultiple);
  if (counts.length > 1 && views > maxViews) throw tooManyViews(counts);
  const all = [...studies.values()].flatMap((study) =>
    Array.from({ length: views }, (_, view) => study[view % study.length]!),
  );
  const each = 3 * images.size * images.size;
  const pixelValues = new Float32Array(all.length * each);
  for (const [i, { pixels }] of all.entries()) pixelValues.set(pixels, i * each);
  const imageKeys = all.map(({ key }) => key);
  return { imageKeys, pixelValues, imageSize: images.size, imageOf, ...(views > 1 ? { views } : {}) };
}

function leastCommonMultiple(a: number, b: number): number {
  const divisor = (x: number, y: number): number => (y === 0 ? x : divisor(y, x % y));
  return (a * b) / divisor(a, b);
}

function tooManyViews(counts: readonly number[]): MedpeftError {
  return new MedpeftError(
    'MP1106',
    `studies of ${[...counts].sort((a, b) => a - b).join(', ')} views in one batch are not supported in this version`,
    'set `"views": "first"`, or a batch_size of 1',
  );
}

/** int32 [rows, longest] and its mask. */
function pad(
  rows: readonly Pick<Encoded, 'ids'>[],
  padId: number,
  side: 'left' | 'right' = 'right',
): { ids: Int32Array; mask: Int32Array; length: number } {
  const length = Math.max(...rows.map(({ ids }) => ids.length));
  const ids = new Int32Array(rows.length * length).fill(padId);
  const mask = new Int32Array(rows.length * length);
  for (const [row, encoded] of rows.entries()) {
    const first = row * length + (side === 'left' ? length - encoded.ids.length : 0);
    ids.set(encoded.ids, first);
    mask.fill(1, first, first + encoded.ids.length);
  }
  return { ids, mask, length };
}

/** How many questions and answers lose tokens to the limits: cut training answers are taught wrong, so say it before the run. */
export function countTruncated(
  items: readonly TaskItem[],
  { tokenizer, maxQuestionTokens, maxAnswerTokens }: Omit<CollateSettings, 'images'>,
): { questions: number; answers: number } {
  return {
    questions: items.filter(({ question }) => tokenizer.question(question, maxQuestionTokens).truncated).length,
    answers: items.filter(({ answer }) => tokenizer.answer(answer, maxAnswerTokens).truncated).length,
  };
}
