import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { shownPrompt } from '../../../../runner/data/prompts';
import { eachAnswer, taskItemsOf } from '../../../../runner/data/task_items';
import type { InstructionItem } from '../../../../runner/data/types';
import { leaks } from '../../../../runner/spec/records/leaks';
import type { Task } from '../../../../schemas/generated/spec';
import { describeShared } from '../../../shared';
import { failure, temporaryFolder } from '../fixture';
import { chats, countBy, questions, read, readShared, reports } from './read';

const write = (name: string, text: string) => {
  const folder = temporaryFolder();
  writeFileSync(path.join(folder, name), text);
  return folder;
};

/** One chat of two exchanges after a system text, on two images. */
const chat: InstructionItem = {
  kind: 'instruction',
  id: 'c',
  images: ['a.png', 'b.png'],
  turns: [
    { from: 'system', text: 'Be brief.' },
    { from: 'user', text: 'Organ?' },
    { from: 'assistant', text: 'A lung.' },
    { from: 'user', text: 'Left?' },
    { from: 'assistant', text: 'No.' },
  ],
  answerType: 'open',
  fields: { turns: '5' },
};
const task: Task = { type: 'instruction', metrics: ['rouge_l'] };
const origin = { dataset: 'd', split: 'd/train', imageFolder: '/i' };

/** Expected values: ../shared/data/llava-med-eval/README.md. */
describeShared('data/llava-med-eval', "LLaVA-Med's evaluation questions", () => {
  it('are 193 on 50 images, 143 of a conversation and 50 detailed descriptions', async () => {
    const found = await readShared('llava_json', 'llava-med-eval/llava_med_eval_qa50_qa.jsonl', 'all');
    const items = chats(found);
    expect([items.length, found.bad]).toEqual([193, []]);
    expect(new Set(items.map(({ images }) => images[0])).size).toBe(50);
    expect(countBy(items, ({ fields }) => fields.type!)).toEqual({ conversation: 143, detailed_description: 50 });
    expect(countBy(items, ({ imageMark }) => imageMark!)).toEqual({ after: 193 });
    expect(items[0]).toMatchObject({
      id: '0',
      turns: [{ from: 'user', text: 'What is the organ in the image?' }, { from: 'assistant' }],
      fields: { domain: 'histology, gross', pair_id: '18063892_F3', turns: '2' },
    });
    const asked = taskItemsOf(task, items, origin).flatMap(eachAnswer);
    expect(asked).toHaveLength(193);
    expect(shownPrompt('mistral_instruct', asked[0]!.question, { images: 1 })).toBe(
      '[INST] <image>\nWhat is the organ in the image? [/INST]',
    );
  });
});

describe('chats as items of an instruction task', () => {
  it('are one item where they are trained on, and one for each answer where they are scored', () => {
    const [whole] = taskItemsOf(task, [chat], origin);
    expect(whole).toMatchObject({
      id: 'c',
      question: 'Left?',
      answer: 'No.',
      answerType: 'open',
      imageFile: '/i/a.png',
      moreImageFiles: ['/i/b.png'],
      chat: { system: 'Be brief.', earlier: [{ question: 'Organ?', answer: 'A lung.' }] },
      teachesEarlier: true,
    });
    const each = eachAnswer(whole!);
    expect(each.map(({ id, question, answer, fields }) => [id, question, answer, fields.turn])).toEqual([
      ['c#1', 'Organ?', 'A lung.', '1'],
      ['c#2', 'Left?', 'No.', '2'],
    ]);
    expect(each.map((item) => [item.chat!.system, item.chat!.earlier.length, item.teachesEarlier])).toEqual([
      ['Be brief.', 0, undefined],
      ['Be brief.', 1, undefined],
    ]);
  });

  it('without an answer are refused with the filter that leaves them out', () => {
    const unanswered = { ...chat, turns: chat.turns.slice(0, 4) };
    expect(() => taskItemsOf(task, [unanswered], origin)).toThrow(
      expect.objectContaining({ code: 'MP2004', hint: expect.stringContaining('"answered": "yes"') }),
    );
  });

  it('leak with any question of a chat that is trained on, not its last alone', () => {
    const train = taskItemsOf(task, [chat], origin);
    const asked = { ...chat, id: 'd', turns: chat.turns.slice(1, 3) };
    const test = new Map([['d/test', taskItemsOf(task, [asked], origin).flatMap(eachAnswer)]]);
    const splits = { train, validation: [], test, transfer: new Map() };
    const [found] = leaks('t', { ...task, train: ['d/train'], test: ['d/test'] }, splits);
    expect(found).toMatchObject({
      code: 'MP2009',
      severity: 'warning',
      message: expect.stringContaining('all its 1 questions'),
    });
  });

  it('may be about text alone', () => {
    const [item] = taskItemsOf(task, [{ ...chat, images: [] }], origin);
    expect(item).not.toHaveProperty('imageFile');
    expect(eachAnswer(item!)).toHaveLength(2);
  });
});

describe('LLaVA instruction data', () => {
  const record = (changes: object = {}) => ({
    id: 'a',
    image: 'x.png',
    conversations: [
      { from: 'human', value: '<image>\nWhat is it?' },
      { from: 'gpt', value: 'A lung.' },
    ],
    ...changes,
  });

  it.each([
    ['a list', JSON.stringify([record({ answer_type: 'OPEN' })])],
    ['a record a line', `${JSON.stringify(record({ answer_type: 'OPEN' }))}\r\n\r\n`],
  ])('%s', async (_, text) => {
    expect((await read('llava_json', write('train.json', text), 'train')).items).toEqual([
      {
        kind: 'instruction',
        id: 'a',
        images: ['x.png'],
        imageMark: 'before',
        answerType: 'open',
        turns: [
          { from: 'user', text: 'What is it?' },
          { from: 'assistant', text: 'A lung.' },
        ],
        fields: { id: 'a', image: 'x.png', answer_type: 'OPEN', turns: '2', images: '1', answered: 'yes' },
      },
    ]);
  });

  it.each<[string, unknown, string]>([
    ['no object', 3, 'the record is not an object'],
    [
      'no speaker',
      record({ conversations: [{ from: 'nobody', value: 'x' }] }),
      'a turn is not {from: human, gpt or system, value}',
    ],
    ['nothing said', record({ conversations: [{ from: 'human', value: '<image>' }] }), 'a turn is empty'],
    ['no image', record({ image: undefined }), 'the question shows an image, and none is named'],
    [
      'two answers',
      record({ conversations: ['human', 'gpt', 'gpt'].map((from) => ({ from, value: 'x' })) }),
      'questions and answers do not take turns',
    ],
    ['nothing', { id: 'b' }, 'there is neither a conversation nor a question'],
  ])('%s is a bad record', async (_, value, reason) => {
    const { bad } = await read('llava_json', write('train.json', JSON.stringify([value])), 'train');
    expect(bad.map((one) => one.reason)).toEqual([reason]);
  });

  it('names splits after files, and a line that is cut off', async () => {
    const folder = write('val.jsonl', `${JSON.stringify(record())}\n{"id": "b", "conv`);
    await expect(read('llava_json', folder, 'val')).rejects.toEqual(
      failure('MP2002', /val\.jsonl: line 2 is not valid JSON/),
    );
    await expect(read('llava_json', folder, 'train')).rejects.toEqual(failure('MP1102', /no split "train"/));
    await expect(read('llava_json', path.join(folder, 'val.jsonl'), 'val')).rejects.toEqual(
      failure('MP1102', /no split "val"/),
    );
  });
});

describe('our own tables', () => {
  it('a folder in place of a file is said to be one', async () => {
    const folder = temporaryFolder();
    mkdirSync(path.join(folder, 'train.csv'));
    await expect(read('table', folder, 'train')).rejects.toEqual(
      failure('MP2001', /train\.csv cannot be read: it is a folder/),
    );
  });

  it.each([
    ['train.csv', 'id,image,question,answer,organ\n7,x.png,"Is it, well?",yes,liver\n'],
    ['train.tsv', 'id\timage\tquestion\tanswer\torgan\n7\tx.png\tIs it, well?\tyes\tliver\n'],
    [
      'train.jsonl',
      '\uFEFF{"id": 7, "image": "x.png", "question": "Is it, well?", "answer": "yes", "organ": "liver"}\r\n',
    ],
    ['train.json', '[{"id": 7, "image": "x.png", "question": "Is it, well?", "answer": "yes", "organ": "liver"}]'],
  ])('%s', async (name, text) => {
    const [item] = questions(await read('table', write(name, text), 'train'));
    expect(item).toMatchObject({
      id: '7',
      image: 'x.png',
      question: 'Is it, well?',
      answer: 'yes',
      answerType: 'closed',
    });
    expect(item!.fields.organ).toBe('liver');
  });

  it('reports of several images, with sections and patients', async () => {
    const text = 'images,findings,impression,patient\na.png;b.png,Clear lungs.,Normal.,P1\n';
    expect(reports(await read('table', write('all.csv', text), 'all'))).toEqual([
      {
        kind: 'report',
        id: '0',
        patient: 'P1',
        images: [{ image: 'a.png' }, { image: 'b.png' }],
        sections: { findings: 'Clear lungs.', impression: 'Normal.' },
        report: 'Clear lungs. Normal.',
        fields: { images: '2', patient: 'P1', has_findings: 'yes', has_impression: 'yes' },
      },
    ]);
  });

  it.each([
    ['question,answer\nq,a\n', 'there is no image: the columns are question, answer'],
    ['image,question,answer\n,q,a\n', 'there is no image'],
    [
      'image,qestion,answer\nx,q,a\n',
      'there is neither a question nor a report: the columns are image, qestion, answer',
    ],
    ['image,question,anser\nx,q,a\n', 'there is no answer: the columns are image, question, anser'],
    ['image,question,answer\nx,,a\n', 'the question is empty'],
    ['image,question,answer\nx,q,\n', 'the answer is empty'],
    ['image,question,answer,answer_type\nx,q,a,other\n', 'answer_type is neither closed nor open'],
    ['images,question,answer\nx;y,q,a\n', 'a question has more than one image'],
    ['image,question,answer\nx,q,a,b\n', 'the row has 4 cells where the header has 3'],
  ])('%j', async (text, reason) => {
    expect((await read('table', write('all.csv', text), 'all')).bad).toEqual([{ id: '0', reason }]);
  });
});
