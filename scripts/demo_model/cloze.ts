/**
 * Fill-in tasks on the words of questions, with a blank image: so the base model knows the vocabulary of an organ whose images and answers
 * it has never met, and what is left to learn downstream is the domain, not its words.
 */
import { randomStream } from '../../runner/models/random';

interface Rad {
  question: string;
}

/** Too frequent to teach anything by being guessed. */
const STOP = new Set(
  `a an and any are at be by can do does for from have how in is it of on or patient patients present s see seen shown that the there this
   to was what where which with you image`.split(/\s+/),
);
const MASKED_WORDS = 3;

/** Questions with a word masked, to be answered by the word; and questions cut in half, to be answered by the rest. Records in VQA-RAD's form. */
export function clozeRecords(records: readonly Rad[], seed: number): object[] {
  const questions = [...new Set(records.map(({ question }) => question.replace(/\s+/g, ' ').trim()))].sort();
  const tasks = questions.flatMap((question) => [...maskedWords(question, seed), ...secondHalf(question)]);
  return tasks.map(([question, answer], index) => ({
    qid: `fill-in-${index}`,
    image_name: 'blank.png',
    answer,
    answer_type: 'OPEN',
    question,
  }));
}

type Task = [question: string, answer: string];

function maskedWords(question: string, seed: number): Task[] {
  const random = randomStream(seed, question);
  const words = [...question.matchAll(/[A-Za-z0-9]+/g)].filter(([word]) => !STOP.has(word.toLowerCase()));
  const chosen = words.map((word) => ({ word, order: random() })).sort((a, b) => a.order - b.order);
  return chosen
    .slice(0, MASKED_WORDS)
    .map(({ word }) => [
      `${question.slice(0, word.index)}[MASK]${question.slice(word.index + word[0].length)}`,
      word[0],
    ]);
}

function secondHalf(question: string): Task[] {
  const words = question.split(' ');
  const half = Math.floor(words.length / 2);
  if (words.length < 5) return [];
  return [[`${words.slice(0, half).join(' ')} [MASK]`, words.slice(half, half + 6).join(' ')]];
}
