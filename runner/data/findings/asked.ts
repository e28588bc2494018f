/** Any record as a question: what was shown, asked and answered. A report answers its images; a chat asks by its first turn. */
import { type Item, imagesOf } from '../types';

/** A record's images: where they lie, and a key that is the same for the same image (rows of a parquet file name one by many paths). */
export function namedImages(item: Item): { key: string; image: string }[] {
  if (item.kind === 'vqa' && item.imageHash !== undefined) return [{ key: item.imageHash, image: item.image }];
  return imagesOf(item).map((image) => ({ key: image, image }));
}

export function imageKeys(item: Item): readonly string[] {
  return namedImages(item).map(({ key }) => key);
}

/** Question and answer in lower case; a report has no question. */
function textsOf(item: Item): [string, string] {
  if (item.kind === 'vqa') return [item.question.toLowerCase(), item.answer.toLowerCase()];
  if (item.kind === 'report') return ['', item.report.toLowerCase()];
  const first = item.turns.findIndex(({ from }) => from === 'user');
  const rest = item.turns.filter((_, i) => i !== first).map(({ from, text }) => `${from}: ${text}`);
  return [(item.turns[first]?.text ?? '').toLowerCase(), rest.join('\n').toLowerCase()];
}

/** Equal for records that show and ask the same. */
export function questionKey(item: Item): string {
  return JSON.stringify([imageKeys(item), textsOf(item)[0]]);
}

/** Equal for records that show, ask and answer the same. */
export function itemKey(item: Item): string {
  return JSON.stringify([imageKeys(item), ...textsOf(item)]);
}

export function answerOf(item: Item): string {
  return textsOf(item)[1];
}
