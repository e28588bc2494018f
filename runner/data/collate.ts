/** Items to tensors. */
import type { ImageLoader } from './images';
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
  const question = pad(questions, tokenizer.padId);
  const answer = pad(answers, tokenizer.padId);
  return {
    ids: items.map(({ id }) => id),
    ...(await uniqueImages(items, images)),
    inputIds: question.ids,
    attentionMask: question.mask,
    questionLength: question.length,
    decoderInputIds: answer.ids,
    decoderAttentionMask: answer.mask,
    labels: answer.ids.map((id, i) => (answer.mask[i] ? id : -100)),
    answerLength: answer.length,
  };
}

/** Two files with the same bytes are one image. */
async function uniqueImages(items: readonly TaskItem[], images: ImageLoader) {
  const imageKeys: string[] = [];
  const pixels: Float32Array[] = [];
  const rows = new Map<string, number>();
  const imageOf = new Int32Array(items.length);
  for (const [row, { imageFile }] of items.entries()) {
    if (!rows.has(imageFile)) {
      const image = await images.load(imageFile);
      const same = imageKeys.indexOf(image.key);
      rows.set(imageFile, same < 0 ? imageKeys.length : same);
      if (same < 0) {
        imageKeys.push(image.key);
        pixels.push(image.pixels);
      }
    }
    imageOf[row] = rows.get(imageFile)!;
  }
  const each = 3 * images.size * images.size;
  const pixelValues = new Float32Array(pixels.length * each);
  for (const [i, image] of pixels.entries()) pixelValues.set(image, i * each);
  return { imageKeys, pixelValues, imageSize: images.size, imageOf };
}

/** int32 [rows, longest] and its mask. */
function pad(rows: readonly Encoded[], padId: number): { ids: Int32Array; mask: Int32Array; length: number } {
  const length = Math.max(...rows.map(({ ids }) => ids.length));
  const ids = new Int32Array(rows.length * length).fill(padId);
  const mask = new Int32Array(rows.length * length);
  for (const [row, encoded] of rows.entries()) {
    ids.set(encoded.ids, row * length);
    mask.fill(1, row * length, row * length + encoded.ids.length);
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
