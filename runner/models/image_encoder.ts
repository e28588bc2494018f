/** The vision encoder of a model, run once for each image: its result is kept while neither image nor weights change. */
import type { Tensor } from '../backends';
import type { Batch } from '../data/types';
import { MedpeftError } from '../errors';
import { type FeatureFiles, featureFiles } from './feature_files';
import { imageFeatures } from './image_features';
import { type Call, type Network, onHost, type Tensors } from './network';
import type { Trainable } from './types';

export interface ImageEncoder {
  /** Whether training changes it: then its calls are part of the chain that is differentiated. */
  readonly trains: boolean;
  readonly calls: readonly Call[];
  /** Name of its result. */
  readonly result: string;
  /** float32 [U, 3, H, W] of all images of the batch. @throws MP3102 if they have another size than the model's */
  pixels(batch: Batch): Tensor;
  /** The result for the batch's images, [U·P, D]; only images that are not known are encoded. */
  states(batch: Batch): Promise<Tensor>;
}

export interface EncoderParts {
  network: Network;
  /** From `pixels` to the result. */
  calls: readonly Call[];
  result: string;
  /** Side of the images in pixels. */
  size: number;
  /** Rows of the result for one image, and their width. */
  tokens: number;
  width: number;
  trainables: readonly Trainable[];
  /** Folder of image states that outlive the run; none are kept if absent. */
  cache?: string;
}

export function imageEncoder(parts: EncoderParts): ImageEncoder {
  const { network, calls, result, size, tokens, width, trainables, cache } = parts;
  const trains = network.trains(calls);
  const each = tokens * width;
  let opened: FeatureFiles | undefined;
  /** Only a frozen encoder's states outlive the run. */
  const files = async () => {
    if (cache !== undefined && !trains) opened ??= featureFiles(cache, await network.identityOf(calls));
    return opened;
  };
  const features = imageFeatures(
    trainables.filter(({ component }) => component === 'vision_encoder').map(({ value }) => value),
  );

  const pixels = (batch: Batch, images: readonly number[]): Tensor => {
    const each = 3 * size * size;
    if (batch.imageSize !== size)
      throw new MedpeftError(
        'MP3102',
        `the batch has images of ${batch.imageSize} pixels, the model was loaded for ${size}`,
        'load the images at the image_size of the model',
      );
    const shape = [images.length, 3, size, size];
    if (images.length * each === batch.pixelValues.length) return { data: batch.pixelValues, shape };
    const data = new Float32Array(images.length * each);
    for (const [i, image] of images.entries())
      data.set(batch.pixelValues.subarray(image * each, (image + 1) * each), i * each);
    return { data, shape };
  };

  /** One image alone: its states are the same bytes whatever else is asked about. */
  const encode = async (batch: Batch, image: number): Promise<Float32Array> => {
    const own = pixels(batch, [image]);
    const kept = (await files())?.read(own.data as Float32Array, each);
    if (kept) return kept;
    const run: Tensors = new Map([['pixels', own]]);
    await network.infer(calls, run, [result]);
    const states = onHost(run.get(result)).data as Float32Array;
    (await files())?.write(own.data as Float32Array, states);
    return states;
  };

  return {
    trains,
    calls,
    result,
    pixels: (batch) => pixels(batch, [...batch.imageKeys.keys()]),
    async states(batch) {
      features.refresh();
      const count = batch.imageKeys.length;
      const data = new Float32Array(count * each);
      for (const [image, key] of batch.imageKeys.entries()) {
        const states = features.get(key) ?? (await encode(batch, image));
        data.set(states, image * each);
        features.set(key, states);
      }
      return { data, shape: [count * tokens, width] };
    },
  };
}
