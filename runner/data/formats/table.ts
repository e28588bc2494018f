/**
 * Our own plain form, for any data. A split is a file: `train.jsonl`, `train.csv` or `train.tsv`. A row has `image` (or `images`, several, by
 * `;` in a table), then `question` and `answer`, or `report` and/or `findings` and `impression`. May have `id`, `answer_type`, `question_type`,
 * `choices`, `patient`. Every other column is a field to filter by.
 */
import { isObject, type Values } from '../../../schemas/json';
import type { Source } from '../source';
import { rowsOf } from './delimited';
import type { Format, ReadRecord } from './format';
import { jsonRecords } from './json_stream';
import { jsonShape, namedFile, namedSplits } from './named_files';
import { answerTypeOf, bad, clean, fieldsOf, good, joinSections, reportFields, typeByAnswer } from './values';

const endings = ['.jsonl', '.csv', '.tsv', '.json'];

export const table: Format = {
  id: 'table',
  summary:
    'Plain tables, a file a split: train.jsonl, train.csv or train.tsv with image and question, answer or report',
  kinds: ['vqa', 'report'],
  imageFolders: [''],
  acceptsFile: true,
  splitsOf: (source) => namedSplits(source, endings),
  filesOf: async (split, source) => [await namedFile(source, split, endings)],
  async *read(_, [file], source) {
    let index = 0;
    for await (const { values, misfit } of rows(source, file!)) {
      const position = String(index++);
      yield misfit ? bad(clean(values.id) || position, misfit) : toItem(values, position);
    }
  },
};

async function* rows(source: Source, name: string): AsyncGenerator<{ values: Values; misfit?: string }> {
  const delimiter = { csv: ',', tsv: '\t' }[name.split('.').pop()!];
  if (delimiter !== undefined)
    for await (const { cells, misfit } of rowsOf(source, name, { delimiter }))
      yield { values: cells, ...(misfit ? { misfit } : {}) };
  else
    for await (const { value } of jsonRecords(source, name, await jsonShape(source, name)))
      yield isObject(value) ? { values: value } : { values: {}, misfit: 'the record is not an object' };
}

function toItem(values: Values, position: string): ReadRecord {
  const id = clean(values.id) || position;
  const images = listOf(values.images ?? values.image);
  if (images.length === 0) return bad(id, without(values, 'image', 'no image'));
  const patient = clean(values.patient);
  const base = { id, ...(patient ? { patient } : {}) };
  const sections = Object.fromEntries(
    ['findings', 'impression'].map((name) => [name, clean(values[name])]).filter(([, text]) => text !== ''),
  ) as Record<string, string>;
  const report = clean(values.report) || joinSections(sections);
  if (report) {
    const { report: _, findings: __, impression: ___, ...rest } = fieldsOf(values);
    const fields = { ...rest, ...reportFields(sections, images.length) };
    return good({ ...base, kind: 'report', images: images.map((image) => ({ image })), sections, report, fields });
  }
  if (values.question === undefined) return bad(id, without(values, 'question', 'neither a question nor a report'));
  return question(values, { ...base, image: images[0]!, several: images.length > 1 });
}

function question(
  values: Values,
  { several, ...base }: { id: string; patient?: string; image: string; several: boolean },
): ReadRecord {
  const [asked, answer, questionType] = [clean(values.question), clean(values.answer), clean(values.question_type)];
  if (several) return bad(base.id, 'a question has more than one image');
  if (!asked) return bad(base.id, 'the question is empty');
  if (!answer)
    return bad(base.id, values.answer === undefined ? without(values, 'answer', 'no answer') : 'the answer is empty');
  const written = clean(values.answer_type);
  const answerType = written ? answerTypeOf(written) : typeByAnswer(answer);
  if (!answerType) return bad(base.id, 'answer_type is neither closed nor open');
  const choices = listOf(values.choices);
  return good({
    ...base,
    kind: 'vqa',
    question: asked,
    answer,
    answerType,
    ...(questionType ? { questionType } : {}),
    ...(choices.length > 0 ? { choices } : {}),
    fields: fieldsOf(values),
  });
}

/** What is missing; where not even its column is there, with those that are: one of them may be misspelt. */
function without(values: Values, column: string, what: string): string {
  return column in values ? `there is ${what}` : `there is ${what}: the columns are ${Object.keys(values).join(', ')}`;
}

function listOf(value: unknown): string[] {
  const parts = Array.isArray(value) ? value : clean(value).split(';');
  return parts.map(clean).filter(Boolean);
}
