/**
 * PathVQA (He et al. 2020). The release is pickles, which are never opened; read are three other forms of the same questions:
 * the authors' LXMERT files `pvqa_train.json` … (by image: `img_id`, answers in `labelf.pvqa`, questions in `sentf.pvqa`), their
 * `QA_pairs_vb.json` (split `all`), and Hugging Face's parquet files, which hold the images too. No form has answer types: a question is
 * closed if its answer is yes or no.
 */
import { isObject } from '../../../schemas/json';
import { firstOf, type Source } from '../source';
import type { Format, ReadRecord } from './format';
import { jsonRecords } from './json_stream';
import { parquetRecords } from './parquet';
import { questionRecord } from './question_record';
import { bad, clean, typeByAnswer } from './values';

const names: Record<string, { lxmert: string; parquet: string }> = {
  train: { lxmert: 'pvqa_train.json', parquet: 'train-' },
  val: { lxmert: 'pvqa_val.json', parquet: 'validation-' },
  test: { lxmert: 'pvqa_test.json', parquet: 'test-' },
};
const pairs = 'QA_pairs_vb.json';

export const pathvqa: Format = {
  id: 'pathvqa',
  summary: "PathVQA: the authors' pvqa_*.json or QA_pairs_vb.json with images/, or Hugging Face's parquet files",
  kinds: ['vqa'],
  splits: [...Object.keys(names), 'all'],
  fields: ['image', 'question', 'answer'],
  imageFolders: ['images', ''],
  async filesOf(split, source) {
    if (split === 'all') return [await firstOf(source, [pairs])];
    const { lxmert, parquet } = names[split]!;
    const files = [...(await source.list()), ...(await source.list('data'))];
    const parts = files.filter((file) => file.endsWith('.parquet') && file.split('/').pop()!.startsWith(parquet));
    return parts.length > 0 ? parts : [await firstOf(source, [lxmert, `lxmert/${lxmert}`])];
  },
  async *read(split, files, source) {
    let index = 0;
    for (const file of files)
      if (file.endsWith('.parquet'))
        for await (const row of parquetRecords(source, file)) yield pair(row, String(index++), source);
      else if (file === pairs)
        for await (const { value } of jsonRecords(source, file, 'list')) yield ofPairs(value, String(index++), source);
      else for await (const { value } of jsonRecords(source, file, 'list')) yield* ofImage(value, split, source);
  },
};

interface Pair {
  image: string;
  imageHash?: string;
  question: unknown;
  answer: unknown;
}

function pair({ image, imageHash, question, answer }: Pair, id: string, source: Source): ReadRecord {
  const fields = { image, question: clean(question), answer: clean(answer) };
  const withoutImage = 'the image is missing';
  return questionRecord(
    { id, image, imageHash, question, answer, answerType: typeByAnswer, fields, withoutImage },
    source,
  );
}

function ofPairs(values: unknown, id: string, source: Source): ReadRecord {
  if (!isObject(values)) return bad(id, 'the record is not an object');
  const name = clean(values.Image_ID);
  return pair({ image: name && `${name}.jpg`, question: values.Questions, answer: values.Answers }, id, source);
}

/** One image with its questions; each answer is an object whose only key is the answer. */
function* ofImage(values: unknown, split: string, source: Source): Generator<ReadRecord> {
  const name = isObject(values) ? clean(values.img_id) : '';
  const listOf = (part: unknown): unknown[] => (isObject(part) && Array.isArray(part.pvqa) ? part.pvqa : []);
  const [answers, questions] = isObject(values) ? [listOf(values.labelf), listOf(values.sentf)] : [[], []];
  if (!name) return yield bad('an image', 'img_id is missing');
  if (questions.length === 0) source.note('image_without_questions', 'images without any question', name);
  if (answers.length !== questions.length)
    return yield bad(name, 'the image has another number of answers than of questions');
  for (const [i, question] of questions.entries()) {
    const label = answers[i];
    const answer = isObject(label) ? Object.keys(label)[0] : label;
    yield pair({ image: `${split}/${name}.jpg`, question, answer }, `${name}/${i}`, source);
  }
}
