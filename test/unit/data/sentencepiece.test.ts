// Expected ids: data/tokenizers/mistral-7b-v1/oracle, made with the reference implementation (sentencepiece 0.1.97) and taken from mistral-common's tests.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openTokenizer } from '../../../runner/data';
import { byteName, type Piece, readSentencePiece, sentencePiece } from '../../../runner/data/sentencepiece';
import { describeShared, sharedPath } from '../../shared';

const folder = 'data/tokenizers/mistral-7b-v1';

describeShared(folder, 'Mistral’s tokenizer.model', () => {
  const json = <T>(name: string): T => JSON.parse(readFileSync(sharedPath(folder, 'oracle', name), 'utf8')) as T;
  const mistral = {
    kind: 'chat',
    template: 'mistral_instruct',
    vocabSize: 32000,
    bosTokenId: 1,
    eosTokenIds: [2],
    padTokenId: undefined,
  } as const;
  const pieces = readSentencePiece(readFileSync(sharedPath(folder, 'tokenizer.model')));
  const oracle = json<Record<'vqa_rad_test' | 'extra', { text: string; ids: number[]; decoded: string }[]>>(
    'vqarad_questions_sentencepiece.json',
  );

  it('gives the reference’s ids and texts of all 451 VQA-RAD test questions', () => {
    expect(oracle.vqa_rad_test).toHaveLength(451);
    for (const { text, ids, decoded } of oracle.vqa_rad_test) {
      expect({ text, ids: pieces.encode(text) }).toEqual({ text, ids });
      expect(pieces.decode(ids)).toBe(decoded);
    }
  });

  it.each(oracle.extra)('$text', ({ text, ids, decoded }) => {
    expect(pieces.encode(text)).toEqual(ids);
    expect(pieces.decode(ids)).toBe(decoded);
  });

  it('gives mistral-common’s ids of a whole chat', () => {
    const { tokens } = json<{ tokens: number[] }>('tokens_v1.json');
    const text = readFileSync(sharedPath(folder, 'oracle/text_v1.txt'), 'utf8').trim();
    // The stored text shows control pieces and blanks as SentencePiece writes them.
    const parts = text.split(/(<s>|<\/s>)/).filter((part) => part !== '');
    const ids = parts.flatMap((part) =>
      part === '<s>' ? [1] : part === '</s>' ? [2] : pieces.encode(part.replaceAll('\u2581', ' ').replace(/^ /, '')),
    );
    expect(ids).toEqual(tokens);
  });

  it('makes the prompt that Mistral was taught, and the answer after it', async () => {
    const [first] = json<{ cases: { ids: number[] }[] }>('mistral_common_v1_instruct.json').cases;
    const tokenizer = await openTokenizer(sharedPath(folder), mistral);
    const prompt = tokenizer.question('a', 99).ids;
    const answer = tokenizer.answer('b', 99).ids;
    expect([...prompt, ...answer]).toEqual(first!.ids.slice(0, prompt.length + answer.length));
    expect(tokenizer.decode(answer)).toBe('b');
    expect(tokenizer.question('one two three four', 2)).toEqual({
      ...tokenizer.question('one two', 2),
      truncated: true,
    });
    expect(tokenizer.padId).toBe(2);
  });

  it('makes mistral-common’s ids of chats of several turns, with and without a system text', async () => {
    const { cases } = json<{ cases: { messages: [string, string][]; system?: string; ids: number[] }[] }>(
      'mistral_common_v1_instruct.json',
    );
    const tokenizer = await openTokenizer(sharedPath(folder), mistral);
    expect(cases).toHaveLength(3);
    for (const { messages, system, ids } of cases) {
      const said = messages.map(([, text]) => text);
      const exchanges = Array.from({ length: Math.ceil(said.length / 2) }, (_, i) => ({
        question: said[2 * i]!,
        answer: said[2 * i + 1],
      }));
      const last = exchanges.pop()!;
      const earlier = exchanges.map(({ question, answer }) => ({ question, answer: answer! }));
      const prompt = tokenizer.question(last.question, 99, { earlier, ...(system === undefined ? {} : { system }) });
      const answer = last.answer === undefined ? [] : tokenizer.answer(last.answer, 99).ids;
      expect([...prompt.ids, ...answer]).toEqual(ids);
      const given = prompt.earlierAnswers?.map(([begin, end]) => prompt.ids.slice(begin, end));
      expect(given).toEqual(earlier.length > 0 ? [[287, 2]] : undefined);
    }
  });

  // LLaVA tokenises what stands before, between and after images by itself (`mm_utils.tokenizer_image_token`).
  it('puts images before the first question, each with a line end', async () => {
    const seeing = await openTokenizer(sharedPath(folder), { ...mistral, image: { tokenId: -200, length: 3 } });
    const [before, image, after] = [
      [1, 733, 16289, 28793, 28705],
      [-200, -200, -200],
      [28705, 13, 28708, 733, 28748, 16289, 28793],
    ];
    expect(seeing.question('a', 99).ids).toEqual([...before, ...image, ...after]);
    expect(seeing.question('a', 99, { images: 2 }).ids).toEqual([...before, ...image, 28705, 13, ...image, ...after]);
    const later = seeing.question('c', 99, { images: 1, earlier: [{ question: 'a', answer: 'b' }] }).ids;
    expect(later.slice(0, 18)).toEqual([...before, ...image, ...after, 287, 2, 733]);
    const alone = await openTokenizer(sharedPath(folder), mistral);
    expect(seeing.question('a', 99, { images: 0 }).ids).toEqual(alone.question('a', 99).ids);
  });

  it('refuses a model with fewer embeddings than pieces, and a template that nobody knows', async () => {
    const chat = {
      kind: 'chat',
      template: 'plain',
      vocabSize: 31999,
      bosTokenId: 1,
      eosTokenIds: [2],
      padTokenId: 0,
    } as const;
    await expect(openTokenizer(sharedPath(folder), chat)).rejects.toMatchObject({ code: 'MP3006' });
    await expect(openTokenizer(sharedPath(folder), { ...chat, vocabSize: 32000 }, 'alpaca')).rejects.toMatchObject({
      code: 'MP1101',
    });
  });
});

describe('joining pieces', () => {
  const normal = (text: string, score: number): Piece => ({ text, score, type: 'normal' });
  const all: Piece[] = [
    { text: '<unk>', score: 0, type: 'unknown' },
    { text: '</s>', score: 0, type: 'control' },
    { text: '<mask>', score: 0, type: 'userDefined' },
    normal('ab', -1),
    normal('bc', 0),
    normal('a', -9),
    normal('b', -9),
    normal('c', -9),
    normal('\u2581', -9),
    ...[...new TextEncoder().encode('é')].map((byte): Piece => ({ text: byteName(byte), score: 0, type: 'byte' })),
  ];
  const plain = { addDummyPrefix: false, removeExtraWhitespaces: false };
  it.each<[string, string, number[], object]>([
    ['the higher score first', 'abc', [5, 4], plain],
    ['of equals the first', 'abab', [3, 3], plain],
    ['a user-defined piece as a whole', 'a<mask>b', [5, 2, 6], plain],
    ['no control piece from text', '</s>a', [0, 0, 0, 0, 5], plain],
    ['bytes for what is no piece, or none', 'éz', [9, 10, 0], plain],
    ['a blank before the text', 'ab', [8, 3], { addDummyPrefix: true }],
    ['one blank for several', '  a  b ', [5, 8, 6], { removeExtraWhitespaces: true }],
    ['nothing of nothing', '', [], { addDummyPrefix: true }],
  ])('%s', (_, text, ids, changed) => {
    expect(sentencePiece(all, { ...plain, ...changed }).encode(text)).toEqual(ids);
  });

  it('ends early or is something else: said, not guessed', () => {
    expect(() => readSentencePiece(Uint8Array.of(0x0a, 0x7f, 1))).toThrow('ends early');
    expect(() => readSentencePiece(new TextEncoder().encode('version https://git-lfs'))).toThrow();
    expect(() => readSentencePiece(new Uint8Array())).toThrow('no pieces');
  });
});
