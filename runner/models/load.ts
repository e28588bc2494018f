/** From a checkpoint folder and a method's selection to a model that computes. */
import type { Backend } from '../backends';
import { lacksFloat16 } from '../backends/float16';
import type { Selection } from '../methods/types';
import { inspectCheckpoint } from './checkpoint';
import { atImageSize } from './image_size';
import { resizePositions } from './positions';
import type { FrozenPrecision } from './precision';
import { sizeOf } from './safetensors';
import { refuseUnequalTies } from './ties';
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
  /** Folder of image states that outlive the run; none are kept if absent. */
  cache?: string;
  /** Bytes that a step may keep for backward; no limit if absent. */
  keptBytes?: number;
  /** Bytes of frozen tensors that stay in memory, the rest being read block by block whenever it is used; all stay if absent. Results are the same to the bit. */
  residentBytes?: number;
  /** Of frozen matrices in memory; float32 if absent. */
  precision?: FrozenPrecision;
  /** Called before each use of a block, of so many in this pass. What it throws ends what the model was asked for. */
  between?(block: number, of: number): void;
}

/**
 * Loads every tensor and applies the method. For images of another size than the checkpoint's the position embeddings are resized.
 * @throws MP1106, MP3001 - MP3004 from the checkpoint; MP3101 if the backend does not take that precision; MP3102 if a value has no float16; MP3005 if config.json cannot be used or the size is not a multiple of the patches'.
 */
export async function loadModel(settings: LoadSettings): Promise<InspectableModel> {
  const { folder, family, selection, backend, seed, imageSize, cache, keptBytes, residentBytes, precision, between } =
    settings;
  const lack = precision === 'float16' && lacksFloat16({ backend: backend.name, device: backend.device });
  if (lack) throw lack;
  const checkpoint = atImageSize(inspectCheckpoint(folder, family), imageSize);
  refuseUnequalTies(checkpoint);
  const loaded = loadTensors(checkpoint, {
    selection,
    backend,
    seed,
    residentBytes,
    precision,
    // Only position embeddings may have another size than the file's: a class token, then a square of patches.
    adapt: ({ shape }, tensor) => {
      const width = shape.at(-1)!;
      return sizeOf(shape) === tensor.length
        ? tensor
        : resizePositions(tensor, width, Math.sqrt(sizeOf(shape) / width - 1));
    },
  });
  return checkpoint.family.open(checkpoint.config, { ...loaded, cache, keptBytes, between });
}
