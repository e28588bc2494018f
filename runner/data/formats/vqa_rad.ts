/**
 * VQA-RAD (Lau et al. 2018, doi 10.1038/sdata.2018.251; CC0), in two forms: `trainset.json` and `testset.json` as the MEVF repository
 * spread them, or the original `VQA_RAD Dataset Public.json` with 14 keys, whose phrase types `test_freeform` and `test_para` are the test
 * split. Quirks that carry no meaning are cleaned, as counted on the real files: answer types `'CLOSED '` with a blank (2), answers that
 * are integers (10), TABs and outer blanks in texts.
 */
import { isObject } from '../../../schemas/json';
import { firstOf, type Source } from '../source';
import type { Format, ReadRecord } from './format';
import { jsonRecords } from './json_stream';
import { questionRecord } from './question_record';
import { answerTypeOf, bad, clean, fieldsOf } from './values';

const mevf: Record<string, string> = { train: 'trainset.json', test: 'testset.json' };
const original = 'VQA_RAD Dataset Public.json';

export const vqaRad: Format = {
  id: 'vqa_rad',
  summary: 'VQA-RAD: trainset.json and testset.json (MEVF), or the original public JSON; images/',
  kinds: ['vqa'],
  splits: Object.keys(mevf),
  fields: [
    'qid',
    'image_name',
    'image_organ',
    'answer',
    'answer_type',
    'question_type',
    'question',
    'phrase_type',
    'qid_linked_id',
    'image_case_url',
    'evaluation',
    'question_rephrase',
    'question_relation',
    'question_frame',
  ],
  imageFolders: ['images', 'VQA_RAD Image Folder'],
  async filesOf(split, source) {
    const whole = (await source.has(original)) && !(await source.has(mevf[split]!));
    return [whole ? original : await firstOf(source, [mevf[split]!])];
  },
  async *read(split, [file], source) {
    for await (const { value, index } of jsonRecords(source, file!, 'list')) {
      const inTest = isObject(value) && clean(value.phrase_type).startsWith('test_');
      if (file === original && inTest !== (split === 'test')) continue;
      yield toItem(value, index, source);
    }
  },
};

function toItem(values: unknown, index: number, source: Source): ReadRecord {
  if (!isObject(values)) return bad(`record ${index}`, 'the record is not an object');
  const id = clean(values.qid);
  if (!id) return bad(`record ${index}`, 'qid is missing');
  return questionRecord(
    {
      id,
      image: clean(values.image_name),
      question: values.question,
      answer: values.answer,
      answerType: () => answerTypeOf(values.answer_type),
      questionType: clean(values.question_type),
      fields: fieldsOf(values),
      withoutImage: 'image_name is missing',
    },
    source,
  );
}
