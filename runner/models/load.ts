/** From a checkpoint folder and a method's selection to a model that computes. */
import type { Backend } from '../backends';
import type { Selection } from '../methods/types';
import { parseBlipConfig } from './blip/config';
import { blipModel } from './blip/model';
import { resizePositions } from './blip/positions';
import { refuseUnequalTies } from './blip/ties';
import { inspectCheckpoint } from './checkpoint';
import { sizeOf } from './safetensors';
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
 * Loads every tensor and applies the method. For images of another size than the checkpoint's the position embeddings are resized.
 * @throws MP1106, MP3001 - MP3004 from the checkpoint; MP3005 if config.json cannot be used or the size is not a multiple of the patches'.
 */
export async function loadModel(settings: LoadSettings): Promise<InspectableModel> {
  const { folder, family, selection, backend, seed } = settings;
  const checkpoint = inspectCheckpoint(folder, family);
  const stored = parseBlipConfig(checkpoint.config, folder);
  refuseUnequalTies(checkpoint);
  const imageSize = settings.imageSize ?? stored.vision.imageSize;
  const { hiddenSize, patchSize } = stored.vision;
  const config = { ...stored, vision: { ...stored.vision, imageSize } };
  const shapes = new Map(
    checkpoint.family.parameters(checkpoint.config, imageSize).map(({ canonical, shape }) => [canonical, shape]),
  );
  const loaded = loadTensors(checkpoint, {
    parameters: checkpoint.parameters.map((parameter) => ({ ...parameter, shape: shapes.get(parameter.canonical)! })),
    selection,
    backend,
    seed,
    adapt: ({ shape }, tensor) =>
      sizeOf(shape) === tensor.length ? tensor : resizePositions(tensor, hiddenSize, imageSize / patchSize),
  });
  return blipModel(config, loaded);
}
