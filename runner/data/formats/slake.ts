/**
 * SLAKE 1.0 (Liu et al. 2021; CC BY 4.0): `train.json`, `validate.json`, `test.json`, images in `imgs/`. English and Chinese questions stand
 * in the same files and were split separately, so a language should be chosen: `"filter": {"q_lang": "en"}`. Pooled, 142 images are in both
 * train and test. One record (qid 1622) has an empty answer.
 */
import { isObject } from '../../../schemas/json';
import { firstOf, type Source } from '../source';
import type { Format, ReadRecord } from './format';
import { jsonRecords } from './json_stream';
import { questionRecord } from './question_record';
import { answerTypeOf, bad, clean, fieldsOf } from './values';

const files: Record<string, readonly string[]> = {
  train: ['train.json'],
  validate: ['validate.json', 'validation.json'],
  test: ['test.json'],
};

export const slake: Format = {
  id: 'slake',
  summary: 'SLAKE: train.json, validate.json, test.json and imgs/; choose a language by the filter q_lang',
  kinds: ['vqa'],
  splits: Object.keys(files),
  fields: [
    'qid',
    'img_id',
    'img_name',
    'question',
    'answer',
    'q_lang',
    'location',
    'modality',
    'answer_type',
    'base_type',
    'content_type',
    'triple',
  ],
  imageFolders: ['imgs', 'images'],
  filesOf: async (split, source) => [await firstOf(source, files[split]!)],
  async *read(_, [file], source) {
    for await (const { value, index } of jsonRecords(source, file!, 'list')) yield toItem(value, index, source);
  },
};

function toItem(values: unknown, index: number, source: Source): ReadRecord {
  if (!isObject(values)) return bad(`record ${index}`, 'the record is not an object');
  const id = clean(values.qid);
  if (!id) return bad(`record ${index}`, 'qid is missing');
  return questionRecord(
    {
      id,
      image: clean(values.img_name),
      question: values.question,
      answer: values.answer,
      answerType: () => answerTypeOf(values.answer_type),
      questionType: clean(values.content_type),
      fields: fieldsOf(values),
      withoutImage: 'img_name is missing',
    },
    source,
  );
}
