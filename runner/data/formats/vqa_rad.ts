/**
 * VQA-RAD (Lau et al. 2018, doi 10.1038/sdata.2018.251; CC0) in the widespread form of the MEVF repository:
 * `trainset.json`, `testset.json` and `images/`. Quirks that carry no meaning are cleaned, as counted on the real files:
 * answer types `'CLOSED '` with a blank (2), answers that are integers (10), TABs and outer blanks in texts.
 */
import { MedpeftError } from '../../errors';
import type { Format, ReadRecord } from './format';
import { parseJson } from './json';

const files: Record<string, string> = { train: 'trainset.json', test: 'testset.json' };
const fields = [
  'qid',
  'image_name',
  'image_organ',
  'answer',
  'answer_type',
  'question_type',
  'question',
  'phrase_type',
] as const;

export const vqaRad: Format = {
  id: 'vqa_rad',
  summary: 'VQA-RAD in its MEVF form: trainset.json, testset.json and images/',
  splits: Object.keys(files),
  fields,
  imageFolder: 'images',
  fileOf: (split) => files[split]!,
  parse(text, file) {
    const records = parseJson(text, file);
    if (!Array.isArray(records))
      throw new MedpeftError(
        'MP2002',
        `${file} is not a list of records`,
        'VQA-RAD in its MEVF form is one JSON list of objects with qid, image_name, question, answer …',
        file,
      );
    return records.map(toItem);
  },
};

function toItem(record: unknown, index: number): ReadRecord {
  if (typeof record !== 'object' || record === null || Array.isArray(record))
    return bad(`record ${index}`, 'the record is not an object');
  const values = record as Record<string, unknown>;
  const qid = clean(values.qid);
  const id = qid || `record ${index}`;
  if (!qid) return bad(id, 'qid is missing');
  const image = clean(values.image_name);
  if (!image) return bad(id, 'image_name is missing');
  const question = clean(values.question);
  if (!question) return bad(id, 'the question is empty');
  const answer = clean(values.answer);
  if (!answer) return bad(id, 'the answer is empty');
  const answerType = clean(values.answer_type).toLowerCase();
  if (answerType !== 'closed' && answerType !== 'open') return bad(id, 'answer_type is neither CLOSED nor OPEN');
  const questionType = clean(values.question_type);
  const item = {
    kind: 'vqa',
    id,
    image: `images/${image}`,
    question,
    answer,
    answerType,
    fields: fieldsOf(values),
    ...(questionType ? { questionType } : {}),
  } as const;
  return { item };
}

function bad(id: string, reason: string): ReadRecord {
  return { bad: { id, reason } };
}

/** Text of a value: numbers as digits; TABs, line ends and runs of blanks become one blank; no outer blanks. */
function clean(value: unknown): string {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value.replace(/\s+/g, ' ').trim() : '';
}

/** Every field that holds text or a number, under the file's own name. */
function fieldsOf(values: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values)
      .map(([name, value]) => [name, clean(value)] as const)
      .filter(([, value]) => value !== ''),
  );
}
