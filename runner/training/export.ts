/** What was trained, taken out of MedPEFT: a model with the method's values, and the folder of a merged model. */
import { cpSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { openBackend } from '../backends';
import { MedpeftError } from '../errors';
import { type MethodSettings, select } from '../methods';
import { mergeAdapters } from '../methods/merge';
import type { Selection } from '../methods/types';
import { type Checkpoint, inspectCheckpoint } from '../models';
import { atImageSize } from '../models/image_size';
import { loadModel } from '../models/load';
import { type TensorToWrite, writeSafetensors } from '../models/safetensors';
import type { Model } from '../models/types';
import { replaceWith, writeAtomic } from '../runs/atomic';

export interface TunedModel {
  checkpoint: Checkpoint;
  selection: Selection;
  model: Model;
}

/** A model with a method on it, without data: to read values into, and to write them from. The caller disposes of `model`. */
export async function openTunedModel(
  { path: folder, family, image_size: imageSize }: { path: string; family: string; image_size?: number },
  settings: MethodSettings,
): Promise<TunedModel> {
  const checkpoint = atImageSize(inspectCheckpoint(folder, family), imageSize);
  const selection = select(checkpoint.parameters, settings);
  const backend = await openBackend({ backend: 'onnxruntime', device: 'cpu', threads: 1 });
  const model = await loadModel({ folder, family, selection, backend, seed: 0, imageSize });
  return { checkpoint, selection, model };
}

/** MP4001 unless the folder is new or empty: an export never overwrites. */
export function newFolder(to: string): void {
  if (existsSync(to) && readdirSync(to).length > 0)
    throw new MedpeftError('MP4001', `${to} is not empty`, 'name a folder that is new or empty', to);
  mkdirSync(to, { recursive: true });
}

/** Weights, and what says which files hold them. */
const weights = /\.(safetensors|pth|pt|bin|ckpt|pkl)$|\.index\.json$/i;

/**
 * Writes the model with the method computed into its weights, float32, under the names of the checkpoint, beside the checkpoint's other files.
 * @throws MP4001 the folder is not empty; MP1106 the method has no form as weights
 */
export function writeMergedModel(
  to: string,
  { checkpoint, selection, model }: TunedModel,
  adapters: MethodSettings['adapters'],
): void {
  const merged = mergeAdapters(selection, adapters, model);
  newFolder(to);
  const tensors = new Map(
    model.parameters.map(({ name, shape }): [string, TensorToWrite] => [
      name,
      { shape, data: merged.get(name) ?? model.tensor(name) },
    ]),
  );
  for (const name of readdirSync(checkpoint.folder, { withFileTypes: true }))
    if (name.isFile() && !weights.test(name.name))
      cpSync(path.join(checkpoint.folder, name.name), path.join(to, name.name));
  writeAtomic(path.join(to, 'config.json'), `${JSON.stringify(checkpoint.config, null, 2)}\n`);
  replaceWith(path.join(to, 'model.safetensors'), (temporary) => writeSafetensors(temporary, tensors));
}
