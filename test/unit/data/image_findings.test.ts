import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { expect, it } from 'vitest';
import { type Finding, lookAtRecords } from '../../../runner/data/findings';
import { lookAtImages } from '../../../runner/data/findings/images';
import { nearBits, nearPairs } from '../../../runner/data/findings/near';
import { decode } from '../../../runner/data/images/decode';
import { distance, fingerprint } from '../../../runner/data/images/fingerprint';
import { describeShared, sharedPath } from '../../shared';
import { temporaryFolder, writeHugePng } from './fixture';

/** A folder in the plain format: split -> its images, a question on each. */
function writeTable(splits: Readonly<Record<string, readonly string[]>>): string {
  const folder = temporaryFolder();
  for (const [split, images] of Object.entries(splits)) {
    const rows = images.map((image, i) => `${image},What is ${split} ${i}?,it`);
    writeFileSync(path.join(folder, `${split}.csv`), ['image,question,answer', ...rows].join('\n'));
  }
  return folder;
}

async function look(folder: string) {
  return lookAtImages(await lookAtRecords({ format: 'table', path: folder }));
}

const told = (findings: readonly Finding[]) =>
  findings.map(({ code, splits, count, examples }) => [code, splits.join(), count, examples]);

/** A picture that no other seed resembles. */
function picture(seed: number): Sharp {
  const wave = (x: number, y: number) => Math.sin(x / (1 + seed) + seed) + Math.cos(y / 3 - (seed * x) / 9);
  const grey = Uint8Array.from({ length: 32 * 32 }, (_, i) => 128 + 60 * wave(i % 32, i >> 5));
  return sharp(grey, { raw: { width: 32, height: 32, channels: 1 } }).resize(256, 256);
}

it('tells what does not decode, and apart from it what is too large to be tried', async () => {
  const folder = writeTable({ train: ['text.png', 'huge.png'] });
  writeFileSync(path.join(folder, 'text.png'), 'no picture');
  writeHugePng(path.join(folder, 'huge.png'));
  const { findings, images } = await look(folder);
  expect(findings.map(({ code, message, examples }) => [code, message, examples])).toEqual([
    ['image_unreadable', 'image files that do not decode', ['text.png']],
    ['image_unreadable', 'image files too large to be decoded (MP2008)', ['huge.png']],
  ]);
  expect(images.unreadable).toEqual(['text.png', 'huge.png']);
});

it('tells copies by their bytes, and likenesses by what they show, within a data set and across its splits', async () => {
  const folder = writeTable({
    train: ['a.png', 'b.png', 'copy_of_b.png'],
    test: ['c.png', 'copy_of_a.png', 'small_b.jpg'],
  });
  for (const [i, name] of ['a', 'b', 'c'].entries()) await picture(i + 1).toFile(path.join(folder, `${name}.png`));
  for (const name of ['a', 'b'])
    copyFileSync(path.join(folder, `${name}.png`), path.join(folder, `copy_of_${name}.png`));
  await sharp(path.join(folder, 'b.png'))
    .resize(100, 90, { fit: 'fill' })
    .jpeg({ quality: 60 })
    .toFile(path.join(folder, 'small_b.jpg'));
  const { findings, images } = await look(folder);
  expect(told(findings)).toEqual([
    ['image_copied', '', 2, ['copy_of_a.png = a.png', 'copy_of_b.png = b.png']],
    ['image_near', '', 1, [expect.stringMatching(/^small_b\.jpg ~ \(\d+ bits\) b\.png$/)]],
    ['image_copy_shared', 'train,test', 1, ['copy_of_a.png = a.png']],
    ['image_near_shared', 'train,test', 1, [expect.stringMatching(/^small_b\.jpg ~ \(\d+ bits\) b\.png$/)]],
  ]);
  expect(images).toMatchObject({
    files: 6,
    sizes: { smallest: { image: 'small_b.jpg', width: 100, height: 90 }, width: 256, height: 256, distinct: 2 },
  });
});

it('images that are even all over resemble none', async () => {
  const folder = writeTable({ train: ['black.png', 'white.png'] });
  for (const name of ['black', 'white'])
    await sharp({ create: { width: 20, height: 20, channels: 3, background: name } }).toFile(
      path.join(folder, `${name}.png`),
    );
  expect((await look(folder)).findings).toEqual([]);
});

it('counts images that are turned by a tag: other tools see them as they are stored', async () => {
  const folder = writeTable({ train: ['upright.jpg', 'turned.jpg'] });
  await picture(1).jpeg().withMetadata({ orientation: 1 }).toFile(path.join(folder, 'upright.jpg'));
  await picture(2).jpeg().withMetadata({ orientation: 6 }).toFile(path.join(folder, 'turned.jpg'));
  expect(told((await look(folder)).findings)).toEqual([['image_turned', '', 1, ['turned.jpg']]]);
});

it('counts image files alone as unused: by their ending, or by their first bytes', async () => {
  const folder = writeTable({ train: ['a.png'] });
  await picture(1).toFile(path.join(folder, 'a.png'));
  mkdirSync(path.join(folder, 'more'));
  const dicom = Buffer.alloc(200);
  dicom.write('DICM', 128);
  writeFileSync(path.join(folder, 'more', 'IM0001'), dicom);
  writeFileSync(path.join(folder, 'README.md'), 'no image');
  writeFileSync(path.join(folder, 'broken.jpg'), '');
  const { images } = await look(folder);
  expect([images.files, images.unused]).toEqual([3, ['broken.jpg', 'more/IM0001']]);
});

it('pairs of near fingerprints are those that comparing each with each finds', () => {
  let state = 1;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state;
  };
  const all = Array.from({ length: 60 }, () => Uint32Array.from({ length: 8 }, next));
  for (const one of all.slice(0, 40))
    for (const bits of [3, nearBits, nearBits + 1]) {
      const other = one.slice();
      for (let i = 0; i < bits; i++) {
        const at = (next() >>> 8) % 256;
        other[at >> 5]! ^= 1 << (at & 31);
      }
      all.push(other);
    }
  const expected = all.flatMap((second, j) =>
    all.slice(0, j).flatMap((first, i) => (distance(first, second) <= nearBits ? [`${i} ${j}`] : [])),
  );
  expect(expected.length).toBeGreaterThan(80);
  expect(
    nearPairs(all)
      .map(({ first, second }) => `${first} ${second}`)
      .sort(),
  ).toEqual(expected.sort());
});

/** Which can be decoded: ../shared/data/images-dicom/expected_pixels.json; MR_small, _RLE, _bigendian and _implicit hold the same pixels. */
describeShared('data/images-dicom', 'images that are not pictures', () => {
  it('DICOM and NIfTI are read as a run reads them; what a run refuses is named', async () => {
    const names = ['images-dicom', 'images-nifti'].flatMap((folder) =>
      readdirSync(sharedPath(`data/${folder}`))
        .filter((name) => /\.(dcm|nii|nii\.gz)$/.test(name))
        .map((name) => `${folder}/${name}`),
    );
    const folder = writeTable({ train: names });
    for (const sub of ['images-dicom', 'images-nifti']) mkdirSync(path.join(folder, sub));
    for (const name of names) copyFileSync(sharedPath(`data/${name}`), path.join(folder, name));
    const { findings, images } = await look(folder);
    expect(images.unreadable.map((name) => path.basename(name)).sort()).toEqual([
      'JPEG-lossy.dcm',
      'JPGExtended.dcm',
      'MR_truncated.dcm',
      'badVR.dcm',
      'no_meta.dcm',
      'test-SR.dcm',
    ]);
    expect(
      findings.find(({ code }) => code === 'image_near')?.examples.map((pair) => pair.replaceAll('images-dicom/', '')),
    ).toEqual([
      'MR_small_RLE.dcm ~ (0 bits) MR_small.dcm',
      'MR_small_bigendian.dcm ~ (0 bits) MR_small_RLE.dcm',
      'MR_small_implicit.dcm ~ (0 bits) MR_small_bigendian.dcm',
    ]);
  });
});

/** A margin on both sides: versions differ in at most 10 bits, two images in at least 25. */
describeShared('data/vqa-rad', 'fingerprints of radiographs', () => {
  it('survive compression and size, and tell 40 images apart', async () => {
    const folder = sharedPath('data/vqa-rad/images');
    const files = readdirSync(folder)
      .slice(0, 40)
      .map((name) => path.join(folder, name));
    const printed = [];
    for (const file of files) {
      const own = fingerprint(await decode(await sharp(file).toBuffer(), file))!;
      const small = await sharp(file).resize(224, 224, { fit: 'fill' }).jpeg({ quality: 70 }).toBuffer();
      expect(distance(own, fingerprint(await decode(small, file))!)).toBeLessThanOrEqual(nearBits);
      printed.push(own);
    }
    expect(nearPairs(printed)).toEqual([]);
  });
});
