/** From an item to its record, in the shapes that public data sets have. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { findRecord, recordIn } from '../../../client/panels/record';
import { temporaryFolder } from '../data/fixture';

const list = [
  { qid: 1, question: 'is the heart large?', answer: 'no', where: { x: 1 } },
  { qid: 12, question: 'is the heart large?', answer: 'yes' },
  { qid: '13', question: 'say \u201cah\u201d:\ta "quote"', answer: 'ah' },
];
const json = JSON.stringify(list, null, 1);
const csv = 'id,question,answer\n1,"is it ""big"", or not?",no\n12,is the heart large?,yes\n';
const jsonl = list.map((one) => JSON.stringify(one)).join('\n');

it.each([
  ['a list, by id', json, true, { id: '1', question: 'is the heart large?', reference: 'no' }, '"qid": 1,'],
  [
    'not by a part of the id',
    json,
    true,
    { id: '12', question: 'is the heart large?', reference: 'yes' },
    '"qid": 12,',
  ],
  [
    'a text with quotes and TABs',
    json,
    true,
    { id: '13', question: 'say “ah”: a "quote"', reference: 'ah' },
    '"qid": "13"',
  ],
  ['lines', jsonl, true, { id: '12', question: 'is the heart large?', reference: 'yes' }, '"qid":12'],
  [
    'without an id, by its answer',
    json,
    true,
    { id: 'x 9', question: 'is the heart large?', reference: 'yes' },
    '"qid": 12',
  ],
  ['a table', csv, false, { id: '1', question: 'is it "big", or not?', reference: 'no' }, '1,"is it'],
  ['the last line', csv, false, { id: '12', question: 'is the heart large?', reference: 'yes' }, '12,is'],
] as const)('%s', (_, text, isJson, sought, expected) => {
  const found = recordIn(text, sought, isJson)!;
  const record = text.slice(found.from, found.to);
  expect(record).toContain(expected);
  if (isJson) expect(list).toContainEqual(JSON.parse(record));
  else expect(record).not.toContain('\n');
});

it('takes no record that only asks the same', () => {
  expect(recordIn(json, { id: '99', question: 'is the heart large?', reference: 'maybe' }, true)).toBeUndefined();
  expect(recordIn(json, { id: '1', question: '', reference: '' }, true)).toBeUndefined();
});

it('looks through the text files of a data folder, and names them', () => {
  const folder = temporaryFolder();
  mkdirSync(path.join(folder, 'deep'));
  writeFileSync(path.join(folder, 'a.json'), '[]');
  writeFileSync(path.join(folder, 'b.parquet'), json);
  writeFileSync(path.join(folder, 'deep', 'c.json'), json);
  const { record } = findRecord(folder, { id: '1', question: 'is the heart large?', reference: 'no' });
  expect(record?.file).toBe(path.join(folder, 'deep', 'c.json'));
  const none = findRecord(folder, { id: '1', question: 'never asked', reference: 'no' });
  expect(none).toEqual({ looked: [path.join(folder, 'a.json'), path.join(folder, 'deep', 'c.json')] });
});
