/** A checkpoint for images of another size than the one it was made with: only the position embeddings change. */
import { MedpeftError } from '../../errors';
import type { Checkpoint } from '../checkpoint';
import { parseBlipConfig } from './config';

/**
 * The checkpoint with config and shapes for images of `imageSize` pixels; the tensors themselves are resized when they are loaded.
 * @throws MP3005 if patches do not fill such an image.
 */
export function atImageSize(checkpoint: Checkpoint, imageSize: number | undefined): Checkpoint {
  const { patchSize, imageSize: made } = parseBlipConfig(checkpoint.config).vision;
  if (imageSize === undefined || imageSize === made) return checkpoint;
  if (imageSize % patchSize !== 0)
    throw new MedpeftError(
      'MP3005',
      `an image of ${imageSize} pixels cannot be cut into patches of ${patchSize}`,
      `choose an image_size that is a multiple of ${patchSize}; the checkpoint was made for ${made}`,
      checkpoint.folder,
    );
  const stored = checkpoint.config as { vision_config?: object };
  const config = { ...stored, vision_config: { ...stored.vision_config, image_size: imageSize } };
  const shapes = new Map(checkpoint.family.parameters(config).map(({ canonical, shape }) => [canonical, shape]));
  const parameters = checkpoint.parameters.map((parameter) => ({
    ...parameter,
    shape: shapes.get(parameter.canonical)!,
  }));
  return { ...checkpoint, config, parameters };
}
