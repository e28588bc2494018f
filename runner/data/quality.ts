/** What a data set's items tell about leaks and repetitions, before anything is trained on them. Pure. */
import { imageKeys } from './findings/asked';
import { type Item, imagesOf as imagesNamed, type VqaItem, vqaItems } from './types';

export interface Overlap {
  /** Distinct images in both parts, of those of the second. */
  images: { shared: number; of: number };
  /** Items of the second part whose image and question occur in the first. */
  questions: Shared;
  /** Items of the second part whose image, question and answer occur in the first. */
  triplets: Shared;
}

export interface Shared {
  /** Distinct keys that both parts have: as written, and in lower case. */
  exact: number;
  ignoringCase: number;
}

export interface SplitProfile {
  items: number;
  images: number;
  /** Whitespace-separated words of what is to be learnt: answers, reports, the assistant's turns. Distinct ones in lower case. */
  words: { distinct: number; least: number; median: number; most: number };
  /** How many images a record has -> how many records do. */
  imagesPerItem: Record<string, number>;
  answerTypes: Record<string, number>;
  /** Closed items whose answer is yes, no, or something else. */
  closedAnswers: { yes: number; no: number; other: number };
  distinctAnswers: number;
  /** Values and counts of every field that has at most 30 values. */
  fields: Record<string, Record<string, number>>;
  /** Copies beyond the first of an image, question and answer: as written, and in lower case. */
  duplicates: { exact: number; ignoringCase: number };
}

const maxFieldValues = 30;

export function profile(all: readonly Item[]): SplitProfile {
  const items = vqaItems(all);
  const closed = items.filter(({ answerType }) => answerType === 'closed').map(({ answer }) => answer.toLowerCase());
  const yes = closed.filter((answer) => answer === 'yes').length;
  const no = closed.filter((answer) => answer === 'no').length;
  const names = [...new Set(all.flatMap(({ fields }) => Object.keys(fields)))];
  const fields = names.map((name) => [name, countBy(all.flatMap((item) => item.fields[name] ?? []))] as const);
  return {
    items: all.length,
    images: new Set(all.flatMap(imageKeys)).size,
    words: wordsOf(all),
    imagesPerItem: countBy(all.map((item) => String(imagesNamed(item).length))),
    answerTypes: countBy(items.map(({ answerType }) => answerType)),
    closedAnswers: { yes, no, other: closed.length - yes - no },
    distinctAnswers: new Set(items.map(({ answer }) => answer.toLowerCase())).size,
    fields: Object.fromEntries(fields.filter(([, counts]) => Object.keys(counts).length <= maxFieldValues)),
    duplicates: {
      exact: items.length - keysOf(items, triplet).size,
      ignoringCase: items.length - keysOf(items, lower(triplet)).size,
    },
  };
}

function wordsOf(items: readonly Item[]): SplitProfile['words'] {
  const distinct = new Set<string>();
  const lengths: number[] = [];
  for (const item of items) {
    const words = learnt(item).toLowerCase().split(/\s+/).filter(Boolean);
    for (const word of words) distinct.add(word);
    lengths.push(words.length);
  }
  lengths.sort((a, b) => a - b);
  const at = (share: number) => lengths[Math.floor((lengths.length - 1) * share)] ?? 0;
  return { distinct: distinct.size, least: at(0), median: at(0.5), most: at(1) };
}

function learnt(item: Item): string {
  if (item.kind === 'vqa') return item.answer;
  if (item.kind === 'report') return item.report;
  return item.turns.flatMap(({ from, text }) => (from === 'assistant' ? text : [])).join(' ');
}

/** What the second part (a test split) has in common with the first (what is trained on). */
export function overlapOf(first: readonly VqaItem[], second: readonly VqaItem[]): Overlap {
  const images = imagesOf(first);
  const own = imagesOf(second);
  const shared = (key: Key) => intersection(keysOf(first, key), keysOf(second, key));
  return {
    images: { shared: intersection(images, own), of: own.size },
    questions: { exact: shared(imageQuestion), ignoringCase: shared(lower(imageQuestion)) },
    triplets: { exact: shared(triplet), ignoringCase: shared(lower(triplet)) },
  };
}

type Key = (item: VqaItem) => string;
const imageQuestion: Key = (item) => JSON.stringify([imageKeys(item), item.question]);
const triplet: Key = (item) => JSON.stringify([imageKeys(item), item.question, item.answer]);
const lower =
  (key: Key): Key =>
  (item) =>
    key(item).toLowerCase();

function keysOf(items: readonly VqaItem[], key: Key): Set<string> {
  return new Set(items.map(key));
}

function imagesOf(items: readonly VqaItem[]): Set<string> {
  return new Set(items.flatMap(imageKeys));
}

function intersection(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  return [...b].filter((value) => a.has(value)).length;
}

/** Most frequent first. */
function countBy(values: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return Object.fromEntries([...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)));
}
