/** Expected values: the READMEs of ../shared/data, counted on the real files by others. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeShared, sharedPath } from '../../../shared';
import { failure, temporaryFolder } from '../fixture';
import { countBy, questions, read, readShared } from './read';

describeShared('data/slake', 'SLAKE', () => {
  const all = async () =>
    Object.fromEntries(
      await Promise.all(
        ['train', 'validate', 'test'].map(async (split) => [split, await readShared('slake', 'slake', split)] as const),
      ),
    );

  it('has 9,835 / 2,099 / 2,094 records in two languages; the one with an empty answer is a bad record', async () => {
    const splits = await all();
    const sizes = Object.values(splits).map(({ items, bad }) => items.length + bad.length);
    expect(sizes).toEqual([9835, 2099, 2094]);
    const bad = Object.values(splits).flatMap((split) => split.bad);
    expect(bad).toEqual([{ id: '1622', reason: 'the answer is empty' }]);
    const languages = Object.values(splits).map((split) => countBy(questions(split), ({ fields }) => fields.q_lang!));
    // qid 1622 is an English training question
    expect(languages).toEqual([
      { en: 4918, zh: 4916 },
      { en: 1053, zh: 1046 },
      { en: 1061, zh: 1033 },
    ]);
    const ids = new Set(Object.values(splits).flatMap((split) => split.items.map(({ id }) => id)));
    expect(ids.size).toBe(14027);
    expect(new Set(Object.values(splits).flatMap((split) => questions(split).map(({ image }) => image))).size).toBe(
      642,
    );
  });

  it('has 645 open and 416 closed English test questions, 61 of these not yes or no', async () => {
    const english = questions(await readShared('slake', 'slake', 'test')).filter(
      ({ fields }) => fields.q_lang === 'en',
    );
    expect(countBy(english, ({ answerType }) => answerType)).toEqual({ open: 645, closed: 416 });
    const closed = english.filter(({ answerType }) => answerType === 'closed');
    expect(closed.filter(({ answer }) => !/^(yes|no)$/i.test(answer))).toHaveLength(61);
    expect(new Set(english.map(({ fields }) => fields.base_type))).toEqual(new Set(['vqa', 'kvqa']));
    expect(english[0]).toMatchObject({ image: 'imgs/xmlab102/source.jpg', questionType: 'Modality' });
  });
});

describeShared('data/pathvqa', 'PathVQA', () => {
  it.each([
    ['train', 3021, 422, 19755, 9806],
    ['val', 992, 160, 6279, 3135],
    ['test', 991, 133, 6761, 3391],
  ])(
    "%s of the authors' LXMERT files: %i images, %i without questions, %i pairs, %i yes or no",
    async (split, images, none, pairs, closed) => {
      const found = await readShared('pathvqa', 'pathvqa', split);
      expect(found.bad).toEqual([]);
      expect(found.items).toHaveLength(pairs);
      expect(questions(found).filter(({ answerType }) => answerType === 'closed')).toHaveLength(closed);
      expect(found.notes.map(({ code, count }) => [code, count])).toContainEqual(['image_without_questions', none]);
      expect(new Set(questions(found).map(({ image }) => image)).size).toBe(images - none);
      expect(questions(found)[0]!.image).toMatch(new RegExp(`^${split}/${split}_\\d{4}\\.jpg$`));
    },
  );

  it("the authors' pairs are one split of 5,429", async () => {
    const found = await readShared('pathvqa', 'pathvqa', 'all');
    expect([found.items.length, found.bad]).toEqual([5429, []]);
    expect(questions(found)[2]).toMatchObject({ image: 'Fig.1.jpg', answer: 'yes', answerType: 'closed' });
  });
});

describe('PathVQA as Hugging Face has it', () => {
  /** Made with pyarrow by test/fixtures/pathvqa/make.py: two row groups, snappy, four rows on three images. */
  const folder = path.resolve(import.meta.dirname, '../../../fixtures/pathvqa');

  it('reads questions and answers, and knows rows on one image by its content', async () => {
    const found = questions(await read('pathvqa', folder, 'train'));
    expect(
      found.map(({ id, image, question, answer, answerType }) => [id, image, question, answer, answerType]),
    ).toEqual([
      ['0', 'data/train-00000-of-00001.parquet#row=0', 'is this red?', 'yes', 'closed'],
      ['1', 'data/train-00000-of-00001.parquet#row=1', 'what colour is it?', 'red', 'open'],
      ['2', 'data/train-00000-of-00001.parquet#row=2', 'what colour is it?', 'grün', 'open'],
      ['3', 'data/train-00000-of-00001.parquet#row=3', 'is this blue?', 'no', 'closed'],
    ]);
    const hashes = found.map(({ imageHash }) => imageHash);
    expect(hashes[0]).toBe(hashes[1]);
    expect(new Set(hashes).size).toBe(3);
  });

  it('says what a file that is no parquet file is', async () => {
    const broken = temporaryFolder();
    writeFileSync(path.join(broken, 'train-0.parquet'), 'PAR1 this is no parquet file');
    await expect(read('pathvqa', broken, 'train')).rejects.toEqual(
      failure('MP2002', /train-0\.parquet is not a parquet file/),
    );
  });
});

describeShared('data/vqa-rad', 'VQA-RAD in its original form', () => {
  /** No copy of the public JSON is to be had here: the MEVF records with its 14 keys, the test split by its phrase types. */
  const make = () => {
    const of = (file: string): Record<string, unknown>[] =>
      JSON.parse(readFileSync(sharedPath('data/vqa-rad', file), 'utf8')) as Record<string, unknown>[];
    const wide = (record: Record<string, unknown>, prefix: string) => ({
      qid_linked_id: '03f451ca-de62-4617-9679-e836026a7642',
      image_case_url: 'https://medpix.nlm.nih.gov/case?id=48e1dd0e',
      evaluation: 'not evaluated',
      question_rephrase: 'NULL',
      question_relation: 'NULL',
      question_frame: 'NULL',
      ...record,
      phrase_type: `${prefix}${record.phrase_type}`,
    });
    const folder = temporaryFolder();
    const train = of('trainset.json').filter(({ phrase_type }) => phrase_type !== 'frame');
    const records = [...train.map((one) => wide(one, '')), ...of('testset.json').map((one) => wide(one, 'test_'))];
    writeFileSync(path.join(folder, 'VQA_RAD Dataset Public.json'), JSON.stringify(records, null, 1));
    return folder;
  };

  it('takes the test split by its phrase types: 1,797 + 451 = 2,248', async () => {
    const folder = make();
    const [train, test] = [await read('vqa_rad', folder, 'train'), await read('vqa_rad', folder, 'test')];
    expect([train.items.length, test.items.length, train.bad, test.bad]).toEqual([1797, 451, [], []]);
    expect(Object.keys(questions(test)[0]!.fields)).toHaveLength(14);
    expect(countBy(questions(test), ({ fields }) => fields.phrase_type!)).toEqual({
      test_freeform: 308,
      test_para: 143,
    });
  });
});

describe('PMC-VQA', () => {
  const write = (text: string) => {
    const folder = temporaryFolder();
    writeFileSync(path.join(folder, 'train.csv'), text);
    return folder;
  };
  const choices = '" A:the liver "," B:the spleen "," C:the kidney"," D:none, of these "';

  it.each([
    ['Answer', 'the text and its letter', `x.jpg,"What, exactly?",the spleen,${choices},B`],
    ['Anwser', 'misspelt', `x.jpg,"What, exactly?",the spleen,${choices},B`],
  ])('header %s (%s)', async (header, _, row) => {
    const folder = write(
      `Figure_path,Question,${header},Choice A,Choice B,Choice C,Choice D,Answer_label\r\n${row}\r\n`,
    );
    expect((await read('pmc_vqa', folder, 'train')).items).toEqual([
      expect.objectContaining({
        image: 'x.jpg',
        question: 'What, exactly?',
        answer: 'the spleen',
        answerType: 'closed',
        choices: ['the liver', 'the spleen', 'the kidney', 'none, of these'],
      }),
    ]);
  });

  it('takes the letter alone, and refuses an answer that is another choice than its letter, or a torn row', async () => {
    const header = 'index,Figure_path,Caption,Question,Choice A,Choice B,Choice C,Choice D,Answer';
    const { items, bad } = await read('pmc_vqa', write(`${header}\n7,x.jpg,c,q?,${choices},D\n8,x.jpg,c\n`), 'train');
    expect(items).toMatchObject([{ id: '7', answer: 'none, of these' }]);
    expect(bad).toEqual([{ id: '8', reason: 'the row has 3 cells where the header has 9' }]);
    const other = 'Figure_path,Question,Answer,Choice A,Choice B,Choice C,Choice D,Answer_label';
    expect((await read('pmc_vqa', write(`${other}\nx.jpg,q?,the liver,${choices},B\n`), 'train')).bad).toEqual([
      { id: '0', reason: 'the answer is not the choice that its label names' },
    ]);
  });

  it('names the columns that are missing, and the line of a missing quote', async () => {
    await expect(read('pmc_vqa', write('Figure,Question\nx,y\n'), 'train')).rejects.toEqual(
      failure('MP2002', /lacks the columns Figure_path, Choice A; it has Figure, Question/),
    );
    await expect(read('pmc_vqa', write('Figure_path,Question,Choice A\nx,"y,z\n'), 'train')).rejects.toEqual(
      failure('MP2002', /cannot be read as a table: .*line/i),
    );
  });
});
