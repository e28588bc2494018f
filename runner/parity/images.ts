/** Images through the preprocessing of each processor: samples, mean and deviation of the result. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { loadImage } from '../data';
import { resolvePreprocessing } from '../data/preprocessing';
import type { ImageFit } from '../models/reading';
import { compare, skipped } from './compare';
import { readJson } from './folders';
import type { ParityCase, ParityContext } from './types';

interface GoldenImages {
  images: Record<
    string,
    {
      processors: Record<
        string,
        { shape: [number, number, number]; positions: [number, number, number][]; pil: { values: number[] } }
      >;
    }
  >;
}

/** What a processor does, by its name. */
const processes: readonly [RegExp, { normalization: 'clip' | 'none'; fit: ImageFit }][] = [
  [/^blip\d+_no_normalisation$/, { normalization: 'none', fit: 'squash' }],
  [/^blip\d+$/, { normalization: 'clip', fit: 'squash' }],
  [/^clip\d+_center_crop$/, { normalization: 'clip', fit: 'crop' }],
  [/^llava\d+_pad_to_square$/, { normalization: 'clip', fit: 'pad' }],
];
/** One grey level of a JPEG decoder, in units of the result: 1 / 255 over the smallest deviation. */
const greyLevel = { clip: 1.03 / 255 / 0.26130258, none: 1.03 / 255 };

export async function* images({ root }: ParityContext): AsyncIterable<ParityCase> {
  const golden = path.join(root, 'images', 'images.json');
  if (!existsSync(golden)) return;
  for (const [file, { processors }] of Object.entries(readJson<GoldenImages>(golden).images)) {
    const found = [path.join(root, 'images', file), path.join(root, '..', 'data', 'vqa-rad', 'images', file)].find(
      existsSync,
    );
    for (const [processor, { shape, positions, pil }] of Object.entries(processors)) {
      const name = `images/${file}/${processor}`;
      const { normalization, fit } = processes.find(([pattern]) => pattern.test(processor))?.[1] ?? {};
      if (!normalization || !fit) yield skipped(name, 'no processor of this name is known');
      else if (!found) yield skipped(name, `${file} lies neither in images/ nor in ../data/vqa-rad/images/`);
      else {
        const [, height, width] = shape;
        const preprocessing = await resolvePreprocessing(
          { path: root, image_size: width, normalization },
          { size: width, fit },
        );
        const { pixels } = await loadImage(found, preprocessing);
        const actual = positions.map(([channel, y, x]) => pixels[(channel * height + y) * width + x]!);
        yield compare(name, [{ name: 'samples', actual, expected: pil.values }], {
          relative: 0,
          absolute: greyLevel[normalization],
        });
      }
    }
  }
}
