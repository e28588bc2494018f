/** Of a model: how many tensors and numbers it has, and the types that its files store them in. */
import { sizeOf } from '../../runner/models/safetensors';
import { many } from '../datasets';
import { field } from '../known-names';
import { resolveFrom } from '../paths';
import type { HoverSource } from './request';

export const weights: HoverSource = async ({ document, facts, section, settings }) => {
  const [folder, family] = [field(settings, 'path'), field(settings, 'family')];
  if (section !== 'models' || !document.onDisk || typeof folder !== 'string' || typeof family !== 'string') return [];
  const found = await facts.checkpoint(resolveFrom(document, folder), family);
  if ('problem' in found) return [`Weights: ${found.problem}`];
  const { parameters, dtypes } = found;
  const numbers = parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const stored = dtypes.length === 0 ? 'no weights beside config.json' : `stored as ${dtypes.join(', ')}`;
  return [`${many(parameters.length, 'tensor')}, ${many(numbers, 'number')}; ${stored}. What is tuned is float32.`];
};
