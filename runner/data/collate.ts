/** Items to tensors. */
import { MedpeftError } from '../errors';
import { imageFilesOf } from './image_files';
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
  /** Of a chat that is trained on as a whole, images included; unlimited if absent. */
  maxChatTokens?: number;
}

/**
 * Makes one micro-batch: rows in the items' order, padded on the right to the batch's longest, each image once.
 * @throws MP2001, MP2003 for images.
 */
export async function collate(items: readonly TaskItem[], settings: CollateSettings): Promise<Batch> {
  const { tokenizer, images } = settings;
  const questions = items.map((item) => questionOf(item, settings));
  const answers = items.map(({ answer }) => tokenizer.answer(answer, settings.maxAnswerTokens));
  const goesOn = tokenizer.goesOn;
  const question = pad(questions, tokenizer.padId, goesOn ? 'left' : 'right');
  // One text, of which only the answers are taught.
  const read = goesOn
    ? answers.map(({ ids }, row) => ({ ids: wholeText(items[row]!, questions[row]!.ids, ids, settings) }))
    : answers;
  const isTaught = (row: number, at: number): boolean => {
    const { ids, earlierAnswers = [] } = questions[row]!;
    if (!goesOn || at >= ids.length) return true;
    return Boolean(items[row]!.teachesEarlier) && earlierAnswers.some(([begin, end]) => at >= begin && at < end);
  };
  const answer = pad(read, tokenizer.padId);
  return {
    ids: items.map(({ id }) => id),
    ...(await uniqueImages(items, images, tokenizer.placesImages)),
    inputIds: question.ids,
    attentionMask: question.mask,
    questionLength: question.length,
    decoderInputIds: answer.ids,
    decoderAttentionMask: answer.mask,
    labels: answer.ids.map((id, i) =>
      answer.mask[i] && isTaught(Math.floor(i / answer.length), i % answer.length) ? id : -100,
    ),
    answerLength: answer.length,
  };
}

function questionOf(item: TaskItem, { tokenizer, maxQuestionTokens }: Omit<CollateSettings, 'images'>): Encoded {
  return tokenizer.question(item.question, maxQuestionTokens, { ...item.chat, images: imageFilesOf(item).length });
}

/** Prompt and answer; a chat that is trained on is cut as a whole. */
function wholeText(
  { teachesEarlier }: TaskItem,
  question: readonly number[],
  answer: readonly number[],
  { maxChatTokens }: CollateSettings,
): number[] {
  const whole = [...question, ...answer];
  return teachesEarlier ? whole.slice(0, maxChatTokens) : whole;
}

/** More views of one study than these are joined only in a batch whose studies all have as many. */
const maxViews = 12;

/**
 * The images of a batch, each study's once. Two files with the same bytes are one image. Studies have to have the same number of views in a
 * batch: those with fewer repeat theirs. Where images stand in the text, a row takes as many as it has. Else up to the least common multiple:
 * attention over keys that all occur k times is attention over them once, so nothing that the model computes depends on it.
 * @throws MP1106 if the numbers of views have too large a multiple.
 */
async function uniqueImages(items: readonly TaskItem[], images: ImageLoader, placed: boolean) {
  const studies = new Map<string, LoadedImage[]>();
  const imageOf = new Int32Array(items.length);
  for (const [row, item] of items.entries()) {
    const loaded = await Promise.all(imageFilesOf(item).map((file) => images.load(file)));
    // A text alone points to the first study, and looks at none.
    if (loaded.length === 0) continue;
    const key = loaded.map((image) => image.key).join(' ');
    if (!studies.has(key)) studies.set(key, loaded);
    imageOf[row] = [...studies.keys()].indexOf(key);
  }
  const each = 3 * images.size * images.size;
  if (studies.size === 0) studies.set('none', [{ key: 'none', pixels: new Float32Array(each) }]);
  const counts = [...new Set([...studies.values()].map(({ length }) => length))];
  const views = placed ? Math.max(...counts) : counts.reduce(leastCommonMultiple);
  if (!placed && counts.length > 1 && views > maxViews) throw tooManyViews(counts);
  const all = [...studies.values()].flatMap((study) =>
    Array.from({ length: views }, (_, view) => study[view % study.length]!),
  );
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

/** How many questions and answers lose tokens to the limits: cut training answers are taught wrong, so say it before the run. Of chats, those that are cut, and those (`mute`) that lose every answer. */
export function countTruncated(
  items: readonly TaskItem[],
  settings: Omit<CollateSettings, 'images'>,
): { questions: number; answers: number; mute: TaskItem[] } {
  const { tokenizer, maxAnswerTokens, maxChatTokens = Number.POSITIVE_INFINITY } = settings;
  const counts = { questions: 0, answers: 0, mute: [] as TaskItem[] };
  for (const item of items) {
    const question = questionOf(item, settings);
    const answer = tokenizer.answer(item.answer, maxAnswerTokens);
    const length = question.ids.length + answer.ids.length;
    const firstAnswer = question.earlierAnswers?.[0]?.[0] ?? question.ids.length;
    const isCut = item.teachesEarlier && length > maxChatTokens;
    if (question.truncated) counts.questions++;
    if (answer.truncated || isCut) counts.answers++;
    if (isCut && firstAnswer >= maxChatTokens) counts.mute.push(item);
  }
  return counts;
}
