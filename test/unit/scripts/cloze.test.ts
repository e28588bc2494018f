import { expect, test } from 'vitest';
import { clozeRecords } from '../../../scripts/demo_model/cloze';

interface Record {
  question: string;
  answer: string;
}
const records = (...questions: string[]) =>
  clozeRecords(
    questions.map((question) => ({ question })),
    0,
  ) as Record[];

test('every answer is a part of its question, and nothing else is asked', () => {
  const question = 'Are there any abnormal gyri in the right hemisphere?';
  const made = records(question);
  expect(made).toHaveLength(4);
  for (const { question: asked, answer } of made)
    expect(question.startsWith(asked.replace('[MASK]', answer)), `${asked} -> ${answer}`).toBe(true);
});

test('equal questions count once, words that teach nothing are not asked for, short ones are not cut', () => {
  expect(records('Is it a  mass?', 'Is it a mass?')).toMatchObject([{ question: 'Is it a [MASK]?', answer: 'mass' }]);
  expect(records('Where is it?')).toEqual([]);
});

test('the order of the questions does not matter', () => {
  expect(records('Is it a mass?', 'What lobe?')).toEqual(records('What lobe?', 'Is it a mass?'));
});
