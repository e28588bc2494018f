/**
 * R2Gen's `annotation.json` (Chen et al. 2020) for IU X-Ray and MIMIC-CXR: `{train, val, test}`, each a list of `{id, report, image_path[],
 * split}`; MIMIC's have `study_id` and `subject_id` and one image. Reports are whole: the file does not say which section a sentence is from.
 * One circulating file calls its third list by four blanks instead of `test`: records of a list with an unknown name go to the split that
 * they name themselves, and the list is noted. The patient is `subject_id`, or the number in `CXR2384_IM-0942`: IU X-Ray has one study of each.
 */
import { isObject } from '../../../schemas/json';
import { firstOf, type Source } from '../source';
import type { Format, ReadRecord } from './format';
import { type JsonRecord, jsonRecords } from './json_stream';
import { bad, clean, fieldsOf, good, reportFieldNames, reportFields } from './values';

const splits = ['train', 'val', 'test'];

export const r2gen: Format = {
  id: 'r2gen',
  summary: "R2Gen's annotation.json for IU X-Ray or MIMIC-CXR; images/",
  kinds: ['report'],
  splits,
  fields: ['id', 'split', 'study_id', 'subject_id', 'image_path', ...reportFieldNames],
  imageFolders: ['images', ''],
  acceptsFile: true,
  filesOf: async (_, source) => [source.only ?? (await firstOf(source, ['annotation.json', 'annotations.json']))],
  async *read(split, [file], source) {
    for await (const record of jsonRecords(source, file!, 'keyed'))
      if (splitOf(record, file!, source) === split) yield toItem(record);
  },
};

function splitOf({ key = '', value, index }: JsonRecord, file: string, source: Source): string | undefined {
  if (splits.includes(key)) return key;
  const own = isObject(value) ? clean(value.split) : '';
  const known = splits.includes(own);
  const what = known
    ? 'its records were put where their own `split` says'
    : 'its records say no split and were left out';
  source.note('odd_key', `${file} has a list named ${JSON.stringify(key)}: ${what}`, `record ${index}`);
  return known ? own : undefined;
}

function toItem({ value: values, index }: JsonRecord): ReadRecord {
  if (!isObject(values)) return bad(`record ${index}`, 'the record is not an object');
  const id = clean(values.id) || `record ${index}`;
  const report = clean(values.report);
  if (!report) return bad(id, 'the report is empty');
  const images = (Array.isArray(values.image_path) ? values.image_path : [values.image_path])
    .map(clean)
    .filter(Boolean);
  if (images.length === 0) return bad(id, 'the report has no image');
  const patient = clean(values.subject_id) || /^CXR\d+/.exec(id)?.[0];
  const { report: _, ...fields } = fieldsOf(values);
  return good({
    kind: 'report',
    id,
    ...(patient ? { patient } : {}),
    images: images.map((image) => ({ image })),
    sections: {},
    report,
    fields: { ...fields, ...reportFields({}, images.length) },
  });
}
