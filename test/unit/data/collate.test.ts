import { copyFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import type { Tokenizer } from '../../../runner/data';
import { collate, countTruncated, openImages, openTokenizer, withoutUnreadable } from '../../../runner/data';
import { failure, taskItems, temporaryFolder, writePng } from './fixture';
import { toyMiss, writeTokenizer } from './toy_tokenizer';

const preprocessing = { size: 2, fit: 'squash', mean: [0, 0, 0], std: [1, 1, 1] } as const;

async function setUp() {
  const folder = temporaryFolder();
  const [a, b, copy] = ['a', 'b', 'copy'].map((name) => path.join(folder, `${name}.png`)) as [string, string, string];
  await writePng(a, 0);
  await writePng(b, 255);
  copyFileSync(a, copy);
  const tokenizer = await openTokenizer(writeTokenizer(), toyMiss);
  const settings = { tokenizer, images: openImages(preprocessing), maxQuestionTokens: 6, maxAnswerTokens: 4 };
  const [first] = taskItems(1);
  const item = (id: string, imageFile: string, question: string, answer: string) => ({
    ...first!,
    id,
    imageFile,
    question,
    answer,
  });
  return { a, b, copy, settings, item };
}

it('pads to the longest row, masks padding, and keeps each image once', async () => {
  const { a, b, copy, settings, item } = await setUp();
  const batch = await collate(
    [item('1', a, 'yes', 'lungs'), item('2', b, 'no lung question', 'yes'), item('3', copy, 'lungs', 'no')],
    settings,
  );
  const rows = (values: Int32Array, length: number) =>
    Array.from({ length: 3 }, (_, row) => [...values.subarray(row * length, (row + 1) * length)]);
  expect(batch.ids).toEqual(['1', '2', '3']);
  expect([batch.questionLength, batch.answerLength, batch.imageSize]).toEqual([5, 4, 2]);
  expect(rows(batch.inputIds, 5)).toEqual([
    [11, 5, 3, 0, 0],
    [11, 6, 7, 9, 3],
    [11, 7, 8, 3, 0],
  ]);
  expect(rows(batch.attentionMask, 5)).toEqual([
    [1, 1, 1, 0, 0],
    [1, 1, 1, 1, 1],
    [1, 1, 1, 1, 0],
  ]);
  expect(rows(batch.decoderInputIds, 4)).toEqual([
    [10, 7, 8, 3],
    [10, 5, 3, 0],
    [10, 6, 3, 0],
  ]);
  expect(rows(batch.labels, 4)).toEqual([
    [10, 7, 8, 3],
    [10, 5, 3, -100],
    [10, 6, 3, -100],
  ]);
  expect([...batch.imageOf]).toEqual([0, 1, 0]);
  expect(new Set(batch.imageKeys).size).toBe(2);
  expect([...batch.pixelValues]).toEqual([...new Array(12).fill(0), ...new Array(12).fill(1)]);
});

it('keeps the views of a study together, and repeats those of a study that has fewer', async () => {
  const { a, b, copy, settings, item } = await setUp();
  const study = (id: string, first: string, ...more: string[]) => ({
    ...item(id, first, 'yes', 'no'),
    moreImageFiles: more,
  });
  const batch = await collate([study('1', a, b), study('2', b), study('3', copy, b)], settings);
  const [black, white] = [new Array(12).fill(0), new Array(12).fill(1)];
  expect(batch.views).toBe(2);
  expect([...batch.imageOf]).toEqual([0, 1, 0]);
  expect([...batch.pixelValues]).toEqual([...black, ...white, ...white, ...white]);
  expect(batch.imageKeys).toHaveLength(4);
  expect((await collate([item('1', a, 'yes', 'no')], settings)).views).toBeUndefined();
  const many = (count: number) => study(String(count), a, ...new Array(count - 1).fill(b));
  expect((await collate([many(5)], settings)).views).toBe(5);
  await expect(collate([many(5), many(3)], settings)).rejects.toMatchObject({
    code: 'MP1106',
    message: 'studies of 3, 5 views in one batch are not supported in this version',
  });
});

it('counts what the limits cut off', async () => {
  const { a, settings, item } = await setUp();
  const items = [
    item('1', a, 'yes', 'yes no lung'),
    item('2', a, 'no no no no no', 'yes no'),
    item('3', a, 'no', 'no'),
  ];
  expect(countTruncated(items, settings)).toEqual({ questions: 1, answers: 1, mute: [] });
  expect((await collate(items, settings)).answerLength).toBe(4);
});

it('finds unreadable images before the run: stops, or leaves their items out', async () => {
  const { a, settings, item } = await setUp();
  const bad = item('2', path.join(path.dirname(a), 'none.png'), 'no', 'no');
  const good = item('1', a, 'yes', 'yes');
  const splits = {
    train: [good, bad],
    validation: [bad],
    test: new Map([['rad/test', [good, bad]]]),
    transfer: new Map(),
  };
  await expect(withoutUnreadable(splits, settings.images, { rad: {} })).rejects.toEqual(failure('MP2001', /none\.png/));
  const left = await withoutUnreadable(splits, settings.images, { rad: { on_bad_item: 'skip' } });
  expect(left.splits).toEqual({
    train: [good],
    validation: [],
    test: new Map([['rad/test', [good]]]),
    transfer: new Map(),
  });
  expect(left.skipped).toHaveLength(3);
});

it('teaches all answers of a chat, cuts it as a whole, and gives each row its own images', async () => {
  const { a, b, settings, item } = await setUp();
  // a letter a token, so that the text can be read off the ids; 0 ends an answer, -9 is an image
  const ids = (text: string) => [...text].map((letter) => letter.charCodeAt(0));
  const tokenizer: Tokenizer = {
    padId: -1,
    goesOn: true,
    placesImages: true,
    question(text, _, { images = 1, earlier = [] } = {}) {
      const before = [...Array<number>(images).fill(-9), ...ids(earlier[0]?.question ?? '')];
      const given = earlier[0] ? [...ids(earlier[0].answer), 0] : [];
      const end = before.length + given.length;
      return {
        ids: [...before, ...given, ...ids(text)],
        truncated: false,
        earlierAnswers: earlier[0] ? [[before.length, end]] : [],
      };
    },
    answer: (text) => ({ ids: [...ids(text), 0], truncated: false }),
    decode: () => '',
  };
  const chat = { earlier: [{ question: 'p', answer: 'q' }] };
  const rows = [
    { ...item('1', a, 'x', 'y'), chat, teachesEarlier: true, moreImageFiles: [b] },
    { ...item('2', a, 'x', 'y'), chat },
    { ...item('3', b, 'xx', 'y'), imageFile: undefined },
  ];
  const limits = { ...settings, tokenizer, maxChatTokens: 7 };
  const batch = await collate(rows, limits);
  const row = (values: Int32Array, at: number) => [
    ...values.subarray(at * batch.answerLength, (at + 1) * batch.answerLength),
  ];
  const [p, q, x, y] = ids('pqxy') as [number, number, number, number];
  expect(row(batch.decoderInputIds, 0)).toEqual([-9, -9, p, q, 0, x, y]);
  expect(row(batch.labels, 0)).toEqual([-100, -100, -100, q, 0, -100, y]);
  expect(row(batch.labels, 1)).toEqual([-100, -100, -100, -100, -100, y, 0]);
  expect(row(batch.decoderInputIds, 2)).toEqual([x, x, y, 0, -1, -1, -1]);
  expect([batch.views, [...batch.imageOf], batch.imageKeys.length]).toEqual([2, [0, 1, 0], 4]);
  expect(countTruncated(rows, limits)).toEqual({ questions: 0, answers: 1, mute: [] });
  expect(countTruncated(rows, { ...limits, maxChatTokens: 3 }).mute.map(({ id }) => id)).toEqual(['1']);
  const text = await collate([{ ...item('3', b, 'xx', 'y'), imageFile: undefined }], limits);
  expect([text.imageKeys, [...text.imageOf]]).toEqual([['none'], [0]]);
});
