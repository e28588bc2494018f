import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDataset, openTokenizer, vqaItems } from '../../../runner/data';
import { normalizeAnswer } from '../../../runner/metrics';
import { describeShared, sharedPath } from '../../shared';
import { failure, temporaryFolder } from './fixture';
import { toyBlip, toyMiss, writeTokenizer } from './toy_tokenizer';

const ids = {
  kind: 'question_and_answer',
  bosTokenId: 30522,
  sepTokenId: 102,
  padTokenId: 0,
  vocabSize: 30524,
} as const;
const bert = { ...ids, start: '[CLS]' } as const;
const bertOfMiss = { ...ids, start: '[ENC]' } as const;

describeShared('data/tokenizers', 'bert-base-uncased, against stored ids', () => {
  const folder = sharedPath('data/tokenizers/bert-base-uncased');
  const oracle = JSON.parse(
    readFileSync(path.join(folder, 'oracle/transformersjs_bert_base_uncased.json'), 'utf8'),
  ) as Record<string, { text: string; text_pair?: string; ids: number[] }>;
  // questions and answers are never pairs
  const cases = Object.entries(oracle).filter(([, { text_pair }]) => text_pair === undefined);
  const opened = Promise.all([openTokenizer(folder, bert), openTokenizer(folder, bertOfMiss)]);

  it.each(cases)('%s', async (_, { text, ids }) => {
    const [hf, miss] = await opened;
    expect(hf.question(text, 999).ids).toEqual(ids);
    expect(miss.question(text, 999).ids).toEqual([30523, ...ids.slice(1)]);
    expect(hf.answer(text, 999).ids).toEqual([30522, ...ids.slice(1)]);
  });
});

describeShared('data/vqa-rad', 'an answer given word for word', () => {
  it('is right after encoding and decoding, for all but two of 557 distinct answers', async () => {
    const { splits } = await openDataset({ format: 'vqa_rad', path: sharedPath('data/vqa-rad') });
    const tokenizer = await openTokenizer(sharedPath('data/tokenizers/bert-base-uncased'), bertOfMiss);
    const answers = [...new Set(vqaItems([...splits.values()].flat()).map(({ answer }) => answer))];
    const lost = answers.filter(
      (answer) => normalizeAnswer(tokenizer.decode(tokenizer.answer(answer, 999).ids)) !== normalizeAnswer(answer),
    );
    expect(answers).toHaveLength(557);
    expect(lost.sort()).toEqual([
      'RUQ pain, jaundice,weight loss?',
      '~15 minutes potentially faster with newer imaging systems',
    ]);
  });
});

describe('conventions', () => {
  it('cuts to the limit, special tokens included, and says so', async () => {
    const tokenizer = await openTokenizer(writeTokenizer(), toyMiss);
    expect(tokenizer.question('yes no lung', 5)).toEqual({ ids: [11, 5, 6, 7, 3], truncated: false });
    expect(tokenizer.question('yes no lung', 4)).toEqual({ ids: [11, 5, 6, 3], truncated: true });
    expect(tokenizer.answer('lung', 3)).toEqual({ ids: [10, 7, 3], truncated: false });
  });

  it('decodes without special tokens, and nothing to nothing', async () => {
    const tokenizer = await openTokenizer(writeTokenizer(), toyBlip);
    expect(tokenizer.decode([10, 5, 7, 3, 0, 0])).toBe('yes lung');
    expect(tokenizer.decode([10, 3])).toBe('');
  });

  it('takes [DEC] and [ENC] from config.json where the tokenizer has none', async () => {
    const tokenizer = await openTokenizer(writeTokenizer({ withoutAdded: true }), toyMiss);
    expect(tokenizer.question('yes', 9).ids).toEqual([11, 5, 3]);
  });
});

describe('MP3006', () => {
  const broken = (text: string) => {
    const folder = temporaryFolder();
    writeFileSync(path.join(folder, 'tokenizer.json'), text);
    return folder;
  };
  it.each<[string, () => string, object, RegExp]>([
    ['missing', () => temporaryFolder(), {}, /tokenizer\.json cannot be used: it cannot be read/],
    ['cut off', () => broken('{"model":'), {}, /not valid JSON/],
    ['no object', () => broken('[]'), {}, /not a JSON object/],
    ['no model', () => broken('{"model": {"type": "Magic"}}'), {}, /cannot be used/],
    ['other [SEP]', () => writeTokenizer(), { sepTokenId: 5 }, /\[SEP\] is 3 there and 5 in config\.json/],
    ['other [DEC]', () => writeTokenizer(), { bosTokenId: 9 }, /\[DEC\] is 10 there and 9 in config\.json/],
    ['too large', () => writeTokenizer(), { vocabSize: 11 }, /largest id is 11, the model has embeddings for 11/],
  ])('%s', async (_, make, ids, message) => {
    await expect(openTokenizer(make(), { ...toyMiss, ...ids })).rejects.toEqual(failure('MP3006', message));
  });
});
