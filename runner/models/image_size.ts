/** A checkpoint for images of another size than the one it was made with: only the position embeddings change. */
import { MedpeftError } from '../errors';
import type { Checkpoint } from './checkpoint';

/** As much of a checkpoint as its images and shapes depend on. */
type Sized = Pick<Checkpoint, 'family' | 'config' | 'parameters'> & Partial<Pick<Checkpoint, 'folder'>>;

/**
 * The checkpoint with config and shapes for images of `imageSize` pixels; the tensors themselves are resized when they are loaded.
 * @throws MP3005 if patches do not fill such an image, or the model sees none.
 */
export function atImageSize<C extends Sized>(checkpoint: C, imageSize: number | undefined): C {
  if (imageSize === undefined) return checkpoint;
  const images = checkpoint.family.images(checkpoint.config);
  if (!images)
    throw new MedpeftError(
      'MP3005',
      `a model of the family ${checkpoint.family.id} sees no images, so it has no image_size`,
      'remove image_size from the model',
      checkpoint.folder,
    );
  const { patchSize, size: made } = images;
  if (imageSize === made) return checkpoint;
  if (imageSize % patchSize !== 0)
    throw new MedpeftError(
      'MP3005',
      `an image of ${imageSize} pixels cannot be cut into patches of ${patchSize}`,
      `choose an image_size that is a multiple of ${patchSize}; the checkpoint was made for ${made}`,
      checkpoint.folder,
    );
  const config = checkpoint.family.atImageSize(checkpoint.config, imageSize);
  const shapes = new Map(checkpoint.family.parameters(config).map(({ canonical, shape }) => [canonical, shape]));
  const parameters = checkpoint.parameters.map((parameter) => ({
    ...parameter,
    shape: shapes.get(parameter.canonical)!,
  }));
  return { ...checkpoint, config, parameters };
}

/** The config with another `vision_config.image_size`: where Hugging Face's classes keep it. */
export function withVisionImageSize(config: unknown, imageSize: number): unknown {
  const stored = config as { vision_config?: object };
  return { ...stored, vision_config: { ...stored.vision_config, image_size: imageSize } };
}
