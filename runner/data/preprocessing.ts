/** How images are made ready for a model: what the spec says, else what the checkpoint says, else the family's default. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Model as ModelSettings } from '../../schemas/generated/spec';
import { MedpeftError } from '../errors';
import type { ImageFit } from '../models/reading';

export interface Preprocessing {
  /** Side of the square in pixels. */
  size: number;
  /** How an image of another shape becomes one: squashed, cropped to its middle, or padded with the mean. */
  fit: ImageFit;
  /** By channel, of values in 0..1. */
  mean: readonly number[];
  std: readonly number[];
}

/** CLIP's statistics (transformers `OPENAI_CLIP_MEAN`, `OPENAI_CLIP_STD`), which BLIP uses too. */
const clip = { mean: [0.48145466, 0.4578275, 0.40821073], std: [0.26862954, 0.26130258, 0.27577711] };
const none = { mean: [0, 0, 0], std: [1, 1, 1] };

/**
 * @param model the spec's settings; `path` absolute.
 * @param family what the family says: image_size of config.json's vision_config, and how images are made square.
 * @throws MP3005 if preprocessor_config.json is broken or asks for another kind of preprocessing than the family's.
 */
export async function resolvePreprocessing(
  model: Pick<ModelSettings, 'path' | 'image_size' | 'normalization'>,
  family: { size: number; fit: ImageFit },
): Promise<Preprocessing> {
  const stored = await readPreprocessor(path.join(model.path, 'preprocessor_config.json'), family.fit === 'squash');
  const normalization = model.normalization ?? stored?.normalization ?? 'clip';
  const statistics = normalization === 'clip' ? clip : normalization === 'none' ? none : normalization;
  return {
    size: model.image_size ?? stored?.size ?? family.size,
    // LLaVA's own code pads first, and then asks CLIP's processor, which has nothing left to crop.
    fit: family.fit === 'pad' ? 'pad' : (stored?.fit ?? family.fit),
    mean: statistics.mean,
    std: statistics.std,
  };
}

interface StoredPreprocessor {
  fit?: ImageFit;
  size?: number;
  normalization?: 'none' | { mean: number[]; std: number[] };
}

/** Reads what transformers' BlipImageProcessor, CLIPImageProcessor or LlavaImageProcessor saves. @param squashes whether the family knows no other way */
async function readPreprocessor(file: string, squashes: boolean): Promise<StoredPreprocessor | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unusable(file, 'it cannot be read', cause);
  }
  let json: Record<string, unknown>;
  try {
    json = JSON.parse(text) as Record<string, unknown>;
  } catch (cause) {
    throw unusable(file, `it is not valid JSON (${(cause as Error).message})`, cause);
  }
  if (typeof json !== 'object' || json === null) throw unusable(file, 'it is not an object');
  if (squashes && (json.do_center_crop || json.do_pad))
    throw unusable(file, 'cropping and padding are not BLIP preprocessing');
  if (json.resample !== undefined && json.resample !== 3) throw unusable(file, 'only bicubic resizing (3) is computed');
  if (json.do_rescale === false) throw unusable(file, 'pixels without rescaling to 0..1 are not computed');
  if (json.rescale_factor !== undefined && Math.abs(Number(json.rescale_factor) - 1 / 255) > 1e-9)
    throw unusable(file, 'rescale_factor is not 1/255');
  const unsaid = json.do_center_crop === undefined ? undefined : 'squash';
  const fit: ImageFit | undefined = json.do_pad ? 'pad' : json.do_center_crop ? 'crop' : unsaid;
  const shape = { fit, size: sizeOf(json.do_center_crop ? (json.crop_size ?? json.size) : json.size, fit, file) };
  if (json.do_normalize === false) return { ...shape, normalization: 'none' };
  if (json.image_mean === undefined && json.image_std === undefined) return shape;
  return { ...shape, normalization: { mean: three(json.image_mean, file), std: three(json.image_std, file) } };
}

function sizeOf(size: unknown, fit: ImageFit | undefined, file: string): number | undefined {
  if (size === undefined || typeof size === 'number') return size;
  const { height, width, shortest_edge: shortest } = (size ?? {}) as Record<string, unknown>;
  if (typeof height === 'number' && height === width) return height;
  // Of a square that was padded or is cropped, every edge is the shortest.
  if (fit && fit !== 'squash' && typeof shortest === 'number') return shortest;
  throw unusable(file, `size ${JSON.stringify(size)} is not a square`);
}

function three(values: unknown, file: string): number[] {
  if (Array.isArray(values) && values.length === 3 && values.every((value) => typeof value === 'number'))
    return values as number[];
  throw unusable(file, 'image_mean and image_std are not three numbers each');
}

function unusable(file: string, what: string, cause?: unknown): MedpeftError {
  return new MedpeftError(
    'MP3005',
    `${file}: ${what}`,
    'it must have the layout that transformers saves for BlipImageProcessor or CLIPImageProcessor; image_size and normalization of the spec override it',
    file,
    { cause },
  );
}
