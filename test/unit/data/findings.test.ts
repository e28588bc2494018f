import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Finding, lookAtRecords } from '../../../runner/data/findings';
import type { Dataset } from '../../../schemas/generated/spec';
import { describeShared, sharedPath } from '../../shared';
import { failure, record, temporaryFolder, writeVqaRad } from './fixture';

const look = async (format: Dataset['format'], folder: string, filter?: Dataset['filter']) =>
  (await lookAtRecords({ format, path: folder, filter })).findings;

/** Code and splits -> count. */
const counts = (findings: readonly Finding[]) =>
  Object.fromEntries(findings.map(({ code, splits, count }) => [[code, ...splits].join(' '), count]));

/** Expected values: ../shared/data/vqa-rad/README.md. */
describeShared('data/vqa-rad', 'findings on VQA-RAD', () => {
  it('all 203 test images are also in train, 14 triplets ignoring case, 469 copies, 24 contradictions, 21 closed answers not yes or no', async () => {
    expect(counts(await look('vqa_rad', sharedPath('data/vqa-rad')))).toMatchObject({
      'image_shared train test': 203,
      'item_shared train test': 14,
      'item_repeated train': 469,
      // counted by hand: (image, question) of trainset.json with more than one answer, all in lower case
      'contradicting_answers train': 24,
      'closed_not_yes_no test': 21,
      answer_number: 10,
    });
  });
});

/** Expected values: ../shared/data/slake/README.md; the images are not there. */
describeShared('data/slake', 'findings on SLAKE', () => {
  const folder = sharedPath('data/slake');

  it('pooled over languages: 142 images of test are also in train; each image is missing', async () => {
    const found = await look('slake', folder);
    expect(counts(found)).toMatchObject({ image_missing: 642, 'record_unusable train': 1 });
    expect(found.find(({ code, splits }) => code === 'image_shared' && splits.join() === 'train,test')).toMatchObject({
      count: 142,
      matters: 'score',
    });
  });

  it.each(['en', 'zh'])('%s alone leaks no image', async (q_lang) => {
    expect((await look('slake', folder, { q_lang })).filter(({ code }) => code === 'image_shared')).toEqual([]);
  });

  it('61 of 416 closed English test answers are neither yes nor no (guides/domain.md, section 4)', async () => {
    const found = await look('slake', folder, { q_lang: 'en' });
    expect(found.find(({ code, splits }) => code === 'closed_not_yes_no' && splits[0] === 'test')).toMatchObject({
      count: 61,
      of: 416,
    });
  });
});

/** Expected values: ../shared/data/iu-xray/README.md: patients of R2Gen's split are disjoint. */
describeShared('data/iu-xray', 'findings on reports', () => {
  const annotation = sharedPath('data/iu-xray/r2gen_annotation.json');

  it('no patient and no image of the 2,069, 296 and 590 studies stands in two splits', async () => {
    const { findings, splits } = await lookAtRecords({ format: 'r2gen', path: annotation });
    expect([...splits.values()].map(({ length }) => length)).toEqual([2069, 296, 590]);
    expect(findings.filter(({ code }) => /^(image|patient)_shared$/.test(code))).toEqual([]);
  });

  it('a study that is put into the test split, too, is found by its patient and its images', async () => {
    const file = path.join(temporaryFolder(), 'annotation.json');
    const json = JSON.parse(readFileSync(annotation, 'utf8'));
    const test = Object.keys(json).find((key) => !['train', 'val'].includes(key))!;
    writeFileSync(file, JSON.stringify({ ...json, [test]: [...json[test], { ...json.train[5], split: 'test' }] }));
    const { findings } = await lookAtRecords({ format: 'r2gen', path: file });
    const leaks = findings.filter(({ splits }) => splits.join() === 'train,test');
    expect(counts(leaks)).toMatchObject({
      'image_shared train test': 2,
      'patient_shared train test': 1,
      'item_shared train test': 1,
    });
  });
});

describe('findings', () => {
  it('tell copies, contradictions, blanks, numbers, missing images and unusable records, each with examples', async () => {
    const same = { question: 'Is it?' };
    const folder = await writeVqaRad(
      [
        record(1, same),
        record(2, { ...same, answer: 'yes' }),
        record(3, { ...same, answer: 'No' }),
        record(4, { answer: 12, answer_type: 'OPEN' }),
        record(5, { answer: ' left\t lobe', image_name: 'gone.png' }),
        record(6, { answer: '  ' }),
        record(4, { answer: 'left' }),
        record(7, { question: 'Twice alike?' }),
        record(8, { question: 'Twice alike?' }),
      ],
      [record(900, { ...same, answer: 'NO' }), record(901, { image_name: '../outside.png' })],
    );
    const found = await look('vqa_rad', folder);
    expect(found.map(({ code, splits, count, examples }) => [code, splits.join(), count, examples])).toEqual([
      ['record_unusable', 'train', 1, ['6']],
      ['record_unusable', 'train', 1, ['4']],
      ['contradicting_answers', 'train', 1, ['1']],
      ['closed_not_yes_no', 'train', 1, ['5']],
      ['image_shared', 'train,test', 1, ['images/a.png']],
      ['question_shared', 'train,test', 1, ['900']],
      ['item_shared', 'train,test', 1, ['900']],
      ['image_missing', '', 2, ['images/gone.png', 'images/../outside.png']],
      ['item_repeated', 'train', 2, ['2', '8']],
      ['answer_number', '', 1, ['4']],
      ['text_blanks', '', 1, ['5']],
    ]);
  });

  it('end when they are told to', async () => {
    const folder = await writeVqaRad([record(1)]);
    const signal = AbortSignal.abort(new Error('nobody asks any more'));
    await expect(lookAtRecords({ format: 'vqa_rad', path: folder }, signal)).rejects.toThrow('nobody asks any more');
  });

  it('need at least one split', async () => {
    await expect(look('slake', temporaryFolder())).rejects.toEqual(failure('MP2001', /train\.json/));
  });
});
