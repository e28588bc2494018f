/** Questions as VQA-RAD asks them, in length and in number an image; the tokens themselves are random. */
import { readFileSync } from 'node:fs';
import { batches } from '../runner/data/batches';
import { mulberry32, shuffle } from '../runner/data/random';
import { blipBase, type Item, lengths } from './rows';

/** The widespread form's training set: what an epoch is. */
export const epoch = { questions: 3064, images: 313 };

const random = mulberry32(1);
const token = () => 1000 + Math.floor(random() * 20_000);
const tokens = (count: number) => Array.from({ length: count }, token);
const answerOf = (count: number) => [blipBase.vocabulary - 2, ...tokens(count - 1)];

/** So many questions, each on an image of its own. */
export function uniform(batch: number): Item[] {
  return Array.from({ length: batch }, (_, image) => ({
    image,
    question: tokens(lengths.question),
    answer: answerOf(lengths.answer),
  }));
}

/** All questions on some images of VQA-RAD's training set, chosen to have about the mean number of questions. */
function questionsOf(images: number): Item[] {
  const file = 'examples/vqa-rad/data/trainset.json';
  const records = JSON.parse(readFileSync(file, 'utf8')) as { image_name: string; question: string; answer: unknown }[];
  const byImage = new Map<string, typeof records>();
  for (const record of records) byImage.set(record.image_name, [...(byImage.get(record.image_name) ?? []), record]);
  const mean = records.length / byImage.size;
  const typical = [...byImage.values()].sort((a, b) => Math.abs(a.length - mean) - Math.abs(b.length - mean));
  const words = (value: unknown) => String(value).trim().split(/\s+/).length;
  return shuffle(typical.slice(0, images).flat(), random).map((record) => ({
    image: typical.findIndex((group) => group.includes(record)),
    // a start and an end token, and now and then a word in pieces
    question: tokens(Math.ceil(words(record.question) * 1.2) + 2),
    answer: answerOf(Math.min(words(record.answer) + 2, 12)),
  }));
}

/** Micro-batches of an epoch on a few images, as runner/data makes them. */
export function epochOf(images: number, batchSize: number, batching: 'by_item' | 'by_image'): Item[][] {
  const items = questionsOf(images).map((item) => ({ ...item, imageFile: String(item.image) }));
  return batches(items, { batchSize, batching, seed: 0, epoch: 0 }).map((batch) =>
    batch.map(({ image, question, answer }) => ({ image, question, answer })),
  );
}
