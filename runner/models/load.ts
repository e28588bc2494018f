/** From a checkpoint folder and a method's selection to a model that computes. */
import type { Backend } from '../backends';
import { MedpeftError } from '../errors';
import type { Selection } from '../methods/types';
import { parseBlipConfig } from './blip/config';
import { blipModel } from './blip/model';
import { refuseUnequalTies } from './blip/ties';
import { inspectCheckpoint } from './checkpoint';
import type { InspectableModel } from './types';
import { loadTensors } from './weights';

export interface LoadSettings {
  folder: string;
  /** Id of the model family. */
  family: string;
  selection: Selection;
  backend: Backend;
  /** Of the values of added tensors. */
  seed: number;
  /** Side of the images; the checkpoint's own if absent. */
  imageSize?: number;
}

/**
 * Loads every tensor and applies the method.
 * @throws MP1106, MP3001 - MP3004 from the checkpoint; MP3005 if the image size is another than the checkpoint's positions are made for.
 */
export async function loadModel(settings: LoadSettings): Promise<InspectableModel> {
  const { folder, family, selection, backend, seed, imageSize } = settings;
  const checkpoint = inspectCheckpoint(folder, family);
  const config = parseBlipConfig(checkpoint.config, folder);
  if (imageSize !== undefined && imageSize !== config.vision.imageSize)
    throw new MedpeftError(
      'MP3005',
      `images of ${imageSize} pixels do not fit ${folder}, whose position embeddings are made for ${config.vision.imageSize}`,
      `leave out image_size or set it to ${config.vision.imageSize}`,
      folder,
    );
  refuseUnequalTies(checkpoint);
  return blipModel(config, loadTensors(checkpoint, checkpoint.parameters, selection, backend, seed));
}
