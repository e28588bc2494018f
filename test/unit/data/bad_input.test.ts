import { renameSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDataset } from '../../../runner/data';
import { failure, record, temporaryFolder, writePng, writeVqaRad } from './fixture';

const open = (path: string, more = {}) => openDataset({ format: 'vqa_rad', path, ...more });
const text = JSON.stringify([record(1)]);

describe('a file that is something else is refused with its name and the next step', () => {
  it.each<[string, Buffer, string, RegExp, RegExp]>([
    ['UTF-16 with a mark', Buffer.from(`\uFEFF${text}`, 'utf16le'), 'MP2002', /is UTF-16 text/, /iconv/],
    ['UTF-16 without one', Buffer.from(text, 'utf16le'), 'MP2002', /is UTF-16 text without a mark/, /iconv/],
    ['Latin-1', Buffer.from('[{"qid": "\u00e9"}]', 'latin1'), 'MP2002', /is not UTF-8/, /./],
    ['Git LFS pointer', Buffer.from('version https://git-lfs.github.com/spec/v1\n'), 'MP2002', /LFS/, /git lfs pull/],
    ['zip archive', Buffer.from('PK\u0003\u0004'), 'MP2002', /zip archive/, /unpack/],
    ['pickle', Buffer.from([0x80, 4, 0x95]), 'MP2007', /never opened/, /convert/],
  ])('%s', async (_, bytes, code, message, hint) => {
    const folder = await writeVqaRad(bytes);
    const error = await open(folder).catch((thrown: unknown) => thrown);
    expect(error).toEqual(failure(code, message));
    expect(error).toMatchObject({
      hint: expect.stringMatching(hint),
      place: expect.stringContaining('trainset.json'),
    });
  });
});

describe('images elsewhere', () => {
  it('lie in image_folder where it is named', async () => {
    const folder = await writeVqaRad([record(1)]);
    const images = path.join(temporaryFolder(), 'pictures');
    renameSync(path.join(folder, 'images'), images);
    await expect(open(folder)).rejects.toEqual(failure('MP2001', /the image file is missing/));
    expect((await open(folder, { image_folder: images })).splits.get('train')).toHaveLength(1);
  });

  it('lie anywhere where allow_outside_images is true', async () => {
    const outside = path.join(temporaryFolder(), 'x.png');
    await writePng(outside, 9);
    const folder = await writeVqaRad([record(1, { image_name: outside })]);
    await expect(open(folder)).rejects.toEqual(failure('MP2004', /outside the data folder/));
    expect((await open(folder, { allow_outside_images: true })).splits.get('train')).toHaveLength(1);
  });
});
