/** Stored values: ../shared/data/images-dicom/expected_pixels.json (pydicom), and test/fixtures/dicom (arrays that went into the files). */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { constants, deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decode, loadImage } from '../../../runner/data';
import { readDicom } from '../../../runner/data/images/dicom/read';
import { describeShared, sharedPath } from '../../shared';
import { failure, temporaryFolder } from './fixture';

interface Expected {
  rows: number;
  cols: number;
  frames: number;
  photometric: string;
  slope: number;
  intercept: number;
  window_center: string;
  pixel_shape: number[];
  min: number;
  max: number;
  mean: number;
}

describeShared('data/images-dicom', 'DICOM files of pydicom, torchxrayvision and nibabel', () => {
  const folder = sharedPath('data/images-dicom');
  const { files } = JSON.parse(readFileSync(path.join(folder, 'expected_pixels.json'), 'utf8')) as {
    files: Record<string, Expected>;
  };
  const read = (name: string) => readDicom(readFileSync(path.join(folder, name)), name);
  const readable = Object.entries(files).filter(([, { pixel_shape }]) => pixel_shape);

  it('are 16, of which 10 have pixels', () => expect([Object.keys(files).length, readable.length]).toEqual([16, 10]));

  it.each(readable.filter(([name]) => name !== 'examples_ybr_color.dcm'))(
    '%s has the values that pydicom reads',
    async (name, expected) => {
      const image = await read(name);
      const { rows, columns, frames, photometric, slope, intercept } = image;
      expect({ rows, cols: columns, frames, photometric, slope, intercept }).toEqual({
        rows: expected.rows,
        cols: expected.cols,
        frames: expected.frames,
        photometric: expected.photometric,
        slope: expected.slope,
        intercept: expected.intercept,
      });
      expect(image.window?.center ?? 'None').toBe(
        expected.window_center === 'None' ? 'None' : Number(expected.window_center),
      );
      const { values } = await image.frame(0);
      expect(values).toHaveLength(expected.pixel_shape.reduce((a, b) => a * b));
      let [least, greatest, sum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
      for (const value of values) {
        least = Math.min(least, value);
        greatest = Math.max(greatest, value);
        sum += value;
      }
      // JPEG decoders may differ by a grey level at single pixels, never in the mean
      const tolerance = name === 'Fake_MONOHR1.dcm' ? 1 : 0;
      expect(Math.abs(least - expected.min)).toBeLessThanOrEqual(tolerance);
      expect(Math.abs(greatest - expected.max)).toBeLessThanOrEqual(tolerance);
      expect(sum / values.length).toBeCloseTo(expected.mean, tolerance ? 1 : 4);
    },
  );

  it('30 frames of ultrasound in JPEG, as RGB; turned back to YBR their mean is that of pydicom', async () => {
    const { frames, frame } = await read('examples_ybr_color.dcm');
    expect(frames).toBe(30);
    let [sum, count] = [0, 0];
    for (let i = 0; i < frames; i++) {
      const { values, isRgb } = await frame(i);
      expect(isRgb).toBe(true);
      for (let at = 0; at < values.length; at += 3) {
        const [r, g, b] = [values[at]!, values[at + 1]!, values[at + 2]!];
        sum += 0.299 * r + 0.587 * g + 0.114 * b;
        sum += 128 - 0.168736 * r - 0.331264 * g + 0.5 * b + (128 + 0.5 * r - 0.418688 * g - 0.081312 * b);
        count += 3;
      }
    }
    expect(sum / count).toBeCloseTo(files['examples_ybr_color.dcm']!.mean, 0);
  });

  it.each<[string, RegExp]>([
    ['JPEG-lossy.dcm', /JPEG with 12 bits a pixel/],
    ['JPGExtended.dcm', /JPEG with 12 bits a pixel/],
    ['MR_truncated.dcm', /it is cut off/],
    ['no_meta.dcm', /not a DICOM file/],
    ['test-SR.dcm', /holds no image \(modality SR\)/],
  ])('%s is refused', async (name, message) => {
    const act = decode(readFileSync(path.join(folder, name)), path.join(folder, name));
    await expect(act).rejects.toEqual(failure('MP2003', message));
  });

  it('badVR.dcm, which pydicom cannot read, is a clear refusal, not a crash', async () => {
    const name = path.join(folder, 'badVR.dcm');
    await expect(decode(readFileSync(name), name)).rejects.toEqual(failure('MP2003', /its pixels have 32 bits/));
  });

  it('MR_small is the same picture in four encodings, in its window (600, 1600)', async () => {
    const pictures = await Promise.all(
      ['MR_small.dcm', 'MR_small_RLE.dcm', 'MR_small_bigendian.dcm', 'MR_small_implicit.dcm'].map((name) =>
        decode(readFileSync(path.join(folder, name)), name),
      ),
    );
    for (const picture of pictures) expect(picture).toEqual(pictures[0]);
    const { values } = await (await read('MR_small.dcm')).frame(0);
    // PS3.3 C.11.2.1.2.1
    const expected = Array.from(values, (x) => Math.round(255 * Math.min(1, Math.max(0, (x - 599.5) / 1599 + 0.5))));
    expect(Array.from(pictures[0]!.pixels.filter((_, i) => i % 3 === 0))).toEqual(expected);
  });

  it('MONOCHROME1 is inverted', async () => {
    const name = 'Fake_MONOHR1.dcm';
    const { values } = await (await read(name)).frame(0);
    const { pixels } = await decode(readFileSync(path.join(folder, name)), name);
    expect(pixels[3 * 5000]).toBe(255 - values[5000]!);
  });

  it('a CT is rescaled before the window of the options', async () => {
    const bytes = readFileSync(path.join(folder, 'CT_small.dcm'));
    const { values } = await (await read('CT_small.dcm')).frame(0);
    const { pixels } = await decode(bytes, 'CT_small.dcm#window=40,400');
    const share = (values[7000]! - 1024 - 39.5) / 399 + 0.5;
    expect(pixels[3 * 7000]).toBe(Math.round(255 * Math.min(1, Math.max(0, share))));
  });
});

/** Rows and columns (0028,0010) and (0028,0011) of an explicit little-endian file. */
function resized(bytes: Buffer, side: number): Buffer {
  for (const tag of ['\x28\0\x10\0US', '\x28\0\x11\0US'])
    bytes.writeUInt16LE(side, bytes.indexOf(tag, 0, 'latin1') + 8);
  return bytes;
}

describe('compressed and many-framed DICOM files', () => {
  const folder = path.resolve(import.meta.dirname, '../../fixtures/dicom');
  const expected = JSON.parse(readFileSync(path.join(folder, 'expected.json'), 'utf8')) as Record<string, number[]>;

  it.each(Object.entries(expected))('%s', async (name, values) => {
    const image = await readDicom(readFileSync(path.join(folder, `${name}.dcm`)), name);
    const frames = await Promise.all(Array.from({ length: image.frames }, (_, i) => image.frame(i)));
    expect(frames.flatMap((frame) => Array.from(frame.values))).toEqual(values);
  });

  /** The file in the deflated syntax (PS3.5 A.5): all after the meta header is packed. */
  const deflated = (bytes: Buffer, packed: (data: Buffer) => Buffer = deflateRawSync) => {
    const metaEnd = 144 + bytes.readUInt32LE(140);
    const syntax = bytes.indexOf('1.2.840.10008.1.2.1\0');
    const uid = Buffer.from('\x16\x001.2.840.10008.1.2.1.99', 'latin1');
    const head = Buffer.concat([bytes.subarray(0, syntax - 2), uid, bytes.subarray(syntax + 20, metaEnd)]);
    head.writeUInt32LE(bytes.readUInt32LE(140) + 2, 140);
    return Buffer.concat([head, packed(bytes.subarray(metaEnd))]);
  };
  /** 257 MiB of zeros in as many equal pieces. */
  const bomb = () => {
    const piece = deflateRawSync(Buffer.alloc(2 ** 20), { finishFlush: constants.Z_FULL_FLUSH });
    return Buffer.concat([...Array(257).fill(piece), deflateRawSync(Buffer.alloc(0))]);
  };

  it('a deflated file is the same picture', async () => {
    const bytes = readFileSync(path.join(folder, 'planar.dcm'));
    expect(await decode(deflated(bytes), 'x.dcm')).toEqual(await decode(bytes, 'x.dcm'));
  });

  it.each<[string, (bytes: Buffer) => Buffer, RegExp]>([
    ['rows and columns', (bytes) => resized(bytes, 65_535), /has 65535 × 65535 pixels/],
    ['unpacked size', (bytes) => deflated(bytes, bomb), /unpacks to more than 268435456 bytes/],
  ])('what is too large is refused with a word: %s', async (_, change, message) => {
    const bytes = change(readFileSync(path.join(folder, 'planar.dcm')));
    await expect(decode(bytes, 'x.dcm')).rejects.toEqual(failure('MP2008', message));
  });

  it('a frame is chosen by its number from 1, and is another image to caches', async () => {
    const settings = { size: 4, mean: [0, 0, 0], std: [1, 1, 1], fit: 'squash' as const };
    const file = path.join(folder, 'frames.dcm');
    const [first, third] = await Promise.all([
      loadImage(`${file}#frame=1`, settings),
      loadImage(`${file}#frame=3`, settings),
    ]);
    expect(first!.key).not.toBe(third!.key);
    await expect(loadImage(`${file}#frame=4`, settings)).rejects.toEqual(
      failure('MP2003', /frame=4 is not a whole number from 1 to 3/),
    );
    await expect(loadImage(`${file}#window=wide`, settings)).rejects.toEqual(failure('MP2003', /window=wide/));
  });

  it.each(['j2k_grey16', 'jls_grey16'])('%s with damaged data is refused', async (name) => {
    const bytes = readFileSync(path.join(folder, `${name}.dcm`));
    bytes.fill(0x55, bytes.length - 60, bytes.length - 20);
    const file = path.join(temporaryFolder(), 'x.dcm');
    writeFileSync(file, bytes.subarray(0, bytes.length - 40));
    await expect(
      loadImage(file, { size: 4, mean: [0, 0, 0], std: [1, 1, 1], fit: 'squash' as const }),
    ).rejects.toMatchObject({
      code: 'MP2003',
    });
  });
});
