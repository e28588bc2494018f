import { mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatOf, openDataset } from '../../../runner/data';
import { failure, record, temporaryFolder, writePng, writeVqaRad } from './fixture';

const open = (path: string, more = {}) => openDataset({ format: 'vqa_rad', path, ...more });
describe('a text that cannot be parsed is MP2002 with file and place', () => {
  const whole = JSON.stringify([record(1), record(2)], null, 2);
  it.each<[string, string | Buffer, RegExp]>([
    [
      'cut off',
      whole.slice(0, 150),
      /trainset\.json is not valid JSON: unexpected end of string at line 8, column 22, offset 145/,
    ],
    ['empty', '', /it ends too early at line 1, column 1, offset 0/],
    ['stray comma', '[\n{"qid": 1},,\n]', /value expected at line 2, column 12, offset 13/],
    ['comment', '[ // hello\n]', /line 1, column 3/],
    ['NaN', '[{"qid": NaN}]', /line 1, column 10/],
    ['text after the end', '[] []', /line 1, column 4/],
    ['not UTF-8', Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d]), /is not UTF-8/],
    ['no list', '{"qid": 1}', /is not a list of records/],
  ])('%s', async (_, text, message) => {
    await expect(open(await writeVqaRad(text))).rejects.toEqual(failure('MP2002', message));
  });

  it('accepts a byte order mark and Windows line ends', async () => {
    const { splits } = await open(await writeVqaRad(`\uFEFF${whole.replaceAll('\n', '\r\n')}`));
    expect(splits.get('train')!.map(({ id }) => id)).toEqual(['1', '2']);
  });
});

describe('a record that cannot be used stops, or is skipped and counted by reason', () => {
  it.each<[string, unknown, string, string]>([
    ['no object', 'text', 'MP2004', 'the record is not an object'],
    ['no qid', record(1, { qid: null }), 'MP2004', 'qid is missing'],
    ['no image', record(1, { image_name: ' ' }), 'MP2004', 'image_name is missing'],
    ['no question', record(1, { question: '\t' }), 'MP2004', 'the question is empty'],
    ['no answer', record(1, { answer: '' }), 'MP2004', 'the answer is empty'],
    ['list as answer', record(1, { answer: ['a'] }), 'MP2004', 'the answer is empty'],
    ['other type', record(1, { answer_type: 'BOTH' }), 'MP2004', 'answer_type is neither CLOSED nor OPEN'],
    ['same id', record(2), 'MP2004', 'the id occurs twice in the split'],
    ['no such image', record(1, { image_name: 'c.png' }), 'MP2001', 'the image file is missing'],
    ['folder as image', record(1, { image_name: '.' }), 'MP2001', 'the image file is missing'],
    ['parent folder', record(1, { image_name: '../../a.png' }), 'MP2004', 'the image lies outside the data folder'],
    ['absolute path', record(1, { image_name: '/etc/passwd' }), 'MP2004', 'the image lies outside the data folder'],
  ])('%s', async (_, bad, code, reason) => {
    const folder = await writeVqaRad([record(2), bad, record(3)]);
    await expect(open(folder)).rejects.toEqual(failure(code, new RegExp(reason)));
    const { splits, skipped } = await open(folder, { on_bad_item: 'skip' });
    expect(splits.get('train')!.map(({ id }) => id)).toEqual(['2', '3']);
    expect(skipped.map((one) => [one.split, one.reason])).toEqual([['train', reason]]);
  });

  it('refuses an image that a link leads out of the folder, and follows links within it', async () => {
    const outside = temporaryFolder();
    await writePng(path.join(outside, 'x.png'), 9);
    const folder = await writeVqaRad([record(1, { image_name: 'x.png' })]);
    symlinkSync(path.join(outside, 'x.png'), path.join(folder, 'images', 'x.png'));
    await expect(open(folder)).rejects.toEqual(failure('MP2004', /outside the data folder: images\/x\.png/));
    rmSync(path.join(folder, 'images', 'x.png'));
    symlinkSync(path.join(folder, 'images', 'a.png'), path.join(folder, 'images', 'x.png'));
    expect((await open(folder)).skipped).toEqual([]);
  });

  it('takes a data folder that is itself a link', async () => {
    const folder = await writeVqaRad([record(1)]);
    const link = path.join(temporaryFolder(), 'rad');
    symlinkSync(folder, link);
    expect((await open(link)).splits.get('train')).toHaveLength(1);
  });
});

describe('what is not there', () => {
  it('folder, file, split, field and format are named', async () => {
    const folder = await writeVqaRad([record(1)]);
    await expect(open('/nowhere/rad')).rejects.toEqual(failure('MP2001', /data folder .*nowhere.rad does not exist/));
    await expect(open(path.join(folder, 'testset.json'))).rejects.toEqual(failure('MP2001', /is not a folder/));
    await expect(openDataset({ format: 'vqa_rad', path: folder }, ['val'])).rejects.toEqual(
      failure('MP1102', /no split "val"/),
    );
    await expect(open(folder, { filter: { organ: 'HEAD' } })).rejects.toEqual(failure('MP1101', /no field "organ"/));
    expect(() => formatOf('snake')).toThrow(failure('MP1106', /"snake" cannot be read in this version/));
  });

  it('a missing file matters only to those who read its split', async () => {
    const folder = await writeVqaRad([record(1)]);
    renameSync(path.join(folder, 'testset.json'), path.join(folder, 'other.json'));
    expect((await openDataset({ format: 'vqa_rad', path: folder }, ['train'])).splits.size).toBe(1);
    await expect(open(folder)).rejects.toEqual(failure('MP2001', /testset\.json does not exist/));
    mkdirSync(path.join(folder, 'testset.json'));
    await expect(open(folder)).rejects.toEqual(failure('MP2001', /cannot be read/));
  });
});
