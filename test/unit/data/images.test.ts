import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp, { type Color, type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { decode, loadImage, openImages, resolvePreprocessing } from '../../../runner/data';
import { resizeBicubic } from '../../../runner/data/resize';
import { describeShared, sharedPath } from '../../shared';
import { failure, temporaryFolder, writeHugePng, writePng } from './fixture';

const plain = { size: 2, fit: 'squash', mean: [0, 0, 0], std: [1, 1, 1] } as const;

/** parity/images/images.json: HF's BLIP processors on PIL; one grey level is allowed between JPEG decoders (parity/README.md, section 7). */
describeShared('parity', 'as HF processors see images', () => {
  const golden = JSON.parse(readFileSync(sharedPath('parity/images/images.json'), 'utf8')) as {
    images: Record<
      string,
      {
        decoded_rgb: { sha256: string; mean: number[] };
        processors: Record<
          string,
          { shape: number[]; positions: [number, number, number][]; pil: { values: number[]; mean: number[] } }
        >;
      }
    >;
  };
  const cases = Object.entries(golden.images).flatMap(([file, { processors }]) =>
    (['blip384', 'blip480_no_normalisation'] as const).map((name) => ({ file, name, ...processors[name]! })),
  );

  it.each(Object.entries(golden.images))('%s decodes to the same bytes, or nearly', async (file, { decoded_rgb }) => {
    const bytes = readFileSync(sharedPath('data/vqa-rad/images', file));
    const { pixels } = await decode(bytes, file);
    for (let channel = 0; channel < 3; channel++) {
      let sum = 0;
      for (let i = channel; i < pixels.length; i += 3) sum += pixels[i]!;
      expect(Math.abs(sum / (pixels.length / 3) - decoded_rgb.mean[channel]!)).toBeLessThan(0.05);
    }
  });

  it.each(cases)('$file through $name', async ({ file, name, shape, positions, pil }) => {
    const size = shape[1]!;
    const normalization = name === 'blip384' ? 'clip' : 'none';
    const preprocessing = await resolvePreprocessing({ path: '/nowhere', normalization }, { size, fit: 'squash' });
    const { pixels } = await loadImage(sharedPath('data/vqa-rad/images', file), preprocessing);
    expect(pixels).toHaveLength(3 * size * size);
    const decoded = await decode(readFileSync(sharedPath('data/vqa-rad/images', file)), file);
    const same = createHash('sha256').update(decoded.pixels).digest('hex') === golden.images[file]!.decoded_rgb.sha256;
    // from the same decoded bytes every value is the reference's; the stored ones are rounded to six digits
    const tolerance = same ? 2e-6 : name === 'blip384' ? 0.0154 : 0.004;
    for (const [i, [channel, y, x]] of positions.entries())
      expect(Math.abs(pixels[(channel * size + y) * size + x]! - pil.values[i]!)).toBeLessThan(tolerance);
  });
});

describe('resizing', () => {
  it('leaves a size that is right and a flat image as they are', () => {
    const noise = Uint8Array.from({ length: 5 * 4 * 3 }, (_, i) => (i * 97) % 256);
    expect(resizeBicubic(noise, 5, 4, 5, 4)).toEqual(noise);
    expect(new Set(resizeBicubic(new Uint8Array(7 * 9 * 3).fill(131), 7, 9, 20, 3))).toEqual(new Set([131]));
  });

  it('widens one edge as the cubic with a = -0.5 says', () => {
    // 2 -> 4 pixels: centres at -0.25, 0.25, 0.75, 1.25 of the edge 0 | 200; outside pixels are dropped and weights renormalised
    const row = (values: number[]) => Uint8Array.from(values.flatMap((value) => [value, value, value]));
    const cubic = (x: number) => {
      const d = Math.abs(x);
      return d < 1 ? 1.5 * d ** 3 - 2.5 * d ** 2 + 1 : -0.5 * d ** 3 + 2.5 * d ** 2 - 4 * d + 2;
    };
    const expected = [-0.25, 0.25, 0.75, 1.25].map((at) => {
      const [left, right] = [cubic(at), cubic(at - 1)];
      return Math.min(255, Math.max(0, Math.round((200 * right) / (left + right))));
    });
    expect(resizeBicubic(row([0, 200]), 2, 1, 4, 1)).toEqual(row(expected));
  });
});

describe('decoding', () => {
  const pixelOf = async (image: Sharp) => [...(await decode(await image.png().toBuffer(), 'x')).pixels.slice(0, 3)];
  const create = (channels: 3 | 4, background: Color) =>
    sharp({ create: { width: 2, height: 2, channels, background } });

  it('makes RGB of grey, of transparency and of 16 bits', async () => {
    expect(await pixelOf(create(3, { r: 9, g: 9, b: 9 }).toColourspace('b-w'))).toEqual([9, 9, 9]);
    expect(await pixelOf(create(4, { r: 200, g: 100, b: 50, alpha: 0 }))).toEqual([200, 100, 50]);
    expect(await pixelOf(create(3, { r: 255, g: 0, b: 255 }).toColourspace('rgb16'))).toEqual([255, 0, 255]);
  });

  it('keeps the high byte of 16-bit grey, and turns CMYK into RGB', async () => {
    const ramp = Uint16Array.from({ length: 4 }, (_, i) => i * 0x4000 + 0xff);
    const grey = await sharp(ramp, { raw: { width: 4, height: 1, channels: 1 } })
      .toColourspace('grey16')
      .png()
      .toBuffer();
    expect((await sharp(grey).metadata()).depth).toBe('ushort');
    const { pixels } = await decode(grey, 'x');
    expect([...pixels].filter((_, i) => i % 3 === 1)).toEqual([0, 0x40, 0x80, 0xc0]);
    const cmyk = await sharp({ create: { width: 16, height: 16, channels: 3, background: { r: 250, g: 20, b: 20 } } })
      .toColourspace('cmyk')
      .jpeg({ quality: 100 })
      .toBuffer();
    expect((await sharp(cmyk).metadata()).channels).toBe(4);
    const [red, green, blue] = (await decode(cmyk, 'x')).pixels;
    expect(red!).toBeGreaterThan(200);
    expect(Math.max(green!, blue!)).toBeLessThan(80);
  });

  it('refuses a picture of 100,000 × 100,000 pixels by its header', async () => {
    const file = path.join(temporaryFolder(), 'bomb.png');
    writeHugePng(file);
    await expect(loadImage(file, plain)).rejects.toEqual(failure('MP2008', /bomb\.png has 100000 × 100000 pixels/));
  });

  it.each([
    [1, [4, 2], 'left'],
    [3, [4, 2], 'right'],
    [6, [2, 4], 'top'],
    [8, [2, 4], 'bottom'],
  ])('turns an image upright by its orientation tag: %d', async (orientation, [width, height], side) => {
    // white on the left as it is stored
    const pixels = Buffer.from([255, 255, 0, 0, 255, 255, 0, 0]);
    const turned = await sharp(pixels, { raw: { width: 4, height: 2, channels: 1 } })
      .png()
      .withMetadata({ orientation })
      .toBuffer();
    const seen = await decode(turned, 'x');
    expect(seen).toMatchObject({ width, height });
    const at = (x: number, y: number) => seen.pixels[3 * (y * width! + x)];
    const corners = [at(0, 0), at(width! - 1, 0), at(0, height! - 1), at(width! - 1, height! - 1)];
    const expected = {
      left: [255, 0, 255, 0],
      right: [0, 255, 0, 255],
      top: [255, 255, 0, 0],
      bottom: [0, 0, 255, 255],
    };
    expect(corners).toEqual(expected[side as keyof typeof expected]);
  });

  it('says which file is missing, is no image, or is cut off', async () => {
    const folder = temporaryFolder();
    const file = path.join(folder, 'x.png');
    await expect(loadImage(file, plain)).rejects.toMatchObject({ code: 'MP2001', place: file });
    writeFileSync(file, 'no image');
    await expect(loadImage(file, plain)).rejects.toEqual(failure('MP2003', /x\.png cannot be read/));
    const noise = Buffer.from(Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * 7919) % 251));
    const whole = await sharp(noise, { raw: { width: 64, height: 64, channels: 3 } })
      .jpeg()
      .toBuffer();
    writeFileSync(file, whole.subarray(0, whole.length / 2));
    await expect(loadImage(file, plain)).rejects.toMatchObject({ code: 'MP2003' });
  });
});

describe('the loader', () => {
  it('knows images by their content', async () => {
    const folder = temporaryFolder();
    const [a, b] = [path.join(folder, 'a.png'), path.join(folder, 'b.png')];
    await writePng(a, 51);
    await writePng(b, 51);
    const images = openImages(plain);
    const first = await images.load(a);
    expect((await images.load(b)).key).toBe(first.key);
    expect([...first.pixels]).toEqual(new Array(12).fill(Math.fround(0.2)));
    expect((await images.load(a)).pixels).toEqual(first.pixels);
  });

  it('gives the same pixels when it may keep only one image', async () => {
    const folder = temporaryFolder();
    const files = [10, 20, 30].map((level) => path.join(folder, `${level}.png`));
    for (const file of files) await writePng(file, Number(path.basename(file, '.png')));
    const images = openImages(plain, 12);
    for (const file of [...files, ...files])
      expect((await images.load(file)).pixels[0]).toBeCloseTo(Number(path.basename(file, '.png')) / 255, 6);
  });
});

describe('preprocessing', () => {
  const stored = (json: unknown) => {
    const folder = temporaryFolder();
    writeFileSync(
      path.join(folder, 'preprocessor_config.json'),
      typeof json === 'string' ? json : JSON.stringify(json),
    );
    return folder;
  };
  const own = {
    mean: [0.5, 0.5, 0.5] as [number, number, number],
    std: [0.25, 0.25, 0.25] as [number, number, number],
  };

  it.each<[string, unknown, object, object]>([
    ['nothing said: CLIP at the config’s size', {}, {}, { size: 64, mean: [0.48145466, 0.4578275, 0.40821073] }],
    [
      'the checkpoint’s',
      { size: { height: 32, width: 32 }, image_mean: own.mean, image_std: own.std },
      {},
      { size: 32, ...own },
    ],
    ['no normalisation stored', { size: 32, do_normalize: false }, {}, { size: 32, mean: [0, 0, 0], std: [1, 1, 1] }],
    [
      'the spec over the checkpoint',
      { size: 32, image_mean: [1, 1, 1], image_std: [1, 1, 1] },
      { image_size: 96, normalization: own },
      { size: 96, ...own },
    ],
  ])('%s', async (_, json, settings, expected) => {
    expect(await resolvePreprocessing({ path: stored(json), ...settings }, { size: 64, fit: 'squash' })).toMatchObject(
      expected,
    );
  });

  it.each<[string, unknown, 'crop' | 'pad', object]>([
    [
      'CLIP as llava-1.5-hf has it',
      { size: { shortest_edge: 24 }, do_center_crop: true, crop_size: { height: 32, width: 32 } },
      'crop',
      { size: 32, fit: 'crop' },
    ],
    [
      'the same under LLaVA, which pads first',
      { size: { shortest_edge: 32 }, do_center_crop: true },
      'pad',
      { size: 32, fit: 'pad' },
    ],
    ['padding that is stored', { size: { shortest_edge: 32 }, do_pad: true }, 'crop', { size: 32, fit: 'pad' }],
    ['what the family does', {}, 'crop', { size: 64, fit: 'crop' }],
  ])('of LLaVA: %s', async (_, json, fit, expected) => {
    expect(await resolvePreprocessing({ path: stored(json) }, { size: 64, fit })).toMatchObject(expected);
  });

  it('makes a square of 4 x 2 pixels: its middle, or all of it between the mean’s colour', async () => {
    const file = path.join(temporaryFolder(), 'wide.png');
    const levels = [10, 20, 30, 40, 50, 60, 70, 80];
    await sharp(Buffer.from(levels.flatMap((level) => [level, level, level])), {
      raw: { width: 4, height: 2, channels: 3 },
    })
      .png()
      .toFile(file);
    const grey = async (fit: 'crop' | 'pad', size: number) => {
      const { pixels } = await loadImage(file, { size, fit, mean: [0.5, 0.5, 0.5], std: [1 / 255, 1 / 255, 1 / 255] });
      return [...pixels.subarray(0, size * size)].map((value) => Math.round(value + 127.5));
    };
    expect(await grey('crop', 2)).toEqual([20, 30, 60, 70]);
    expect(await grey('pad', 4)).toEqual([127, 127, 127, 127, ...levels, 127, 127, 127, 127]);
  });

  it.each<[unknown, RegExp]>([
    ['{', /not valid JSON/],
    [{ size: { shortest_edge: 224 } }, /is not a square/],
    [{ do_center_crop: true }, /cropping/],
    [{ resample: 2 }, /only bicubic/],
    [{ rescale_factor: 1 }, /rescale_factor/],
    [{ image_mean: [1], image_std: [1, 1, 1] }, /three numbers/],
  ])('refuses %j', async (json, message) => {
    await expect(resolvePreprocessing({ path: stored(json) }, { size: 64, fit: 'squash' })).rejects.toEqual(
      failure('MP3005', message),
    );
  });
});
