/** Models of the folder, loaded with the method that a case needs. */
import { inspectCheckpoint } from '../models';
import { loadModel } from '../models/load';
import type { InspectableModel, LossSettings, Parameter } from '../models/types';
import type { ModelFolder } from './folders';
import type { Computing } from './types';

export const hfLoss: LossSettings = { kind: 'hf', labelSmoothing: 0 };
export const missLoss: LossSettings = { kind: 'miss', labelSmoothing: 0.1 };

/** Runs `use` on the model with the chosen base tensors trainable. */
export async function withModel<T>(
  { folder, family }: Pick<ModelFolder, 'folder' | 'family'>,
  on: Computing,
  chosen: (parameter: Parameter) => boolean,
  use: (model: InspectableModel) => Promise<T>,
): Promise<T> {
  const base = inspectCheckpoint(folder, family!)
    .parameters.filter(chosen)
    .map((parameter) => ({ parameter, group: 'chosen' }));
  const selection = { base, added: [], matches: [] };
  const model = await loadModel({ folder, family: family!, selection, ...on, seed: 0 });
  try {
    return await use(model);
  } finally {
    await model.dispose();
  }
}
