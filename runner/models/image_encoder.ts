/** The vision encoder of a model, run once for each image: its result is kept while neither image nor weights change. */
import type { Tensor } from '../backends';
import type { Batch } from '../data/types';
import { MedpeftError } from '../errors';
import { imageFeatures } from './blip/image_features';
import type { Call, Network, Tensors } from './network';
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
}

export function imageEncoder({ network, calls, result, size, tokens, width, trainables }: EncoderParts): ImageEncoder {
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

  return {
    trains: network.trains(calls),
    calls,
    result,
    pixels: (batch) => pixels(batch, [...batch.imageKeys.keys()]),
    async states(batch) {
      features.refresh();
      const each = tokens * width;
      const count = batch.imageKeys.length;
      const data = new Float32Array(count * each);
      const unknown: number[] = [];
      for (const [image, key] of batch.imageKeys.entries()) {
        const known = features.get(key);
        if (known) data.set(known, image * each);
        else unknown.push(image);
      }
      if (unknown.length > 0) {
        const run: Tensors = new Map([['pixels', pixels(batch, unknown)]]);
        await network.infer(calls, run);
        const states = run.get(result)!.data as Float32Array;
        for (const [i, image] of unknown.entries()) {
          const own = states.subarray(i * each, (i + 1) * each);
          data.set(own, image * each);
          features.set(batch.imageKeys[image]!, own);
        }
      }
      return { data, shape: [count * tokens, width] };
    },
  };
}
