import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import { expect, test } from 'vitest';
import {
  specialTokens,
  tokenizerConfig,
  tokenizerJson,
  trainWordPiece,
  wordsOf,
} from '../../../scripts/demo_model/wordpiece';

const data = path.resolve(import.meta.dirname, '../../../examples/vqa-rad/data');
const questions = (name: string): { question: string; answer: string | number }[] =>
  JSON.parse(readFileSync(path.join(data, name), 'utf8'));
const texts = (name: string) => questions(name).flatMap(({ question, answer }) => [question, String(answer)]);

test.each([
  ['Is there  a Midline\tshift?', ['is', 'there', 'a', 'midline', 'shift', '?']],
  ['T2-weighted (FLAIR)', ['t2', '-', 'weighted', '(', 'flair', ')']],
  ['Sjögren', ['sjogren']],
])('words of %j', (text, words) => expect(wordsOf(text)).toEqual(words));

test('merges the most frequent pair first; equal counts in the order of the alphabet', () => {
  const characters = [...specialTokens, '##a', '##b', 'a', 'c'];
  // pairs: a+##b three times, c+##a twice, then what these leave
  const vocabulary = trainWordPiece(['ab ab ab', 'ca ca'], characters.length + 2);
  expect(vocabulary).toEqual([...characters, 'ab', 'ca']);
});

test('the demo: 1,500 pieces from training text spell every question and answer, those of the test set too', () => {
  const vocabulary = trainWordPiece(texts('trainset.json'), 1500);
  expect(vocabulary).toHaveLength(1500);
  expect(new Set(vocabulary).size).toBe(1500);
  const tokenizer = new Tokenizer(tokenizerJson(vocabulary), tokenizerConfig);
  const unknown = tokenizer.token_to_id('[UNK]');
  for (const text of [...texts('trainset.json'), ...texts('testset.json')]) {
    const { ids } = tokenizer.encode(text, { add_special_tokens: false });
    expect(ids, text).not.toContain(unknown);
    expect(tokenizer.decode(ids, { skip_special_tokens: true }).replace(/\s/g, ''), text).toBe(wordsOf(text).join(''));
  }
});
