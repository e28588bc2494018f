/** Tensors of a checkpoint under the names of the network, and those of them that are trained. */
import type { Backend, Tensor } from '../backends';
import { MedpeftError } from '../errors';
import { methodOf } from '../methods/adapters';
import { modulePath } from '../methods/targets';
import type { Selection } from '../methods/types';
import type { Checkpoint } from './checkpoint';
import type { Adaptation } from './modules';
import { kaimingUniform, randomStream } from './random';
import { readTensor } from './safetensors';
import type { Parameter, Trainable } from './types';

export interface LoadedTensors {
  backend: Backend;
  parameters: readonly Parameter[];
  trainables: readonly Trainable[];
  /** Base and added tensors by their name in the network. */
  tensors: ReadonlyMap<string, Tensor>;
  /** By path of the linear layer in the network. */
  adaptations: ReadonlyMap<string, Adaptation>;
  /** Name of a trainable -> its name in the network. */
  networkNames: ReadonlyMap<string, string>;
  /** A base tensor by its name in the checkpoint. */
  tensor(name: string): Float32Array;
}

export interface LoadOptions {
  selection: Selection;
  backend: Backend;
  seed: number;
  /** Makes a stored tensor fit the shape that is needed, where they differ. */
  adapt(parameter: Parameter, stored: Float32Array): Float32Array;
}

/**
 * Reads every tensor and makes the trainables: base ones are the loaded values themselves, added ones are drawn from the seed.
 * @throws MP3004 if the folder has no weights, or a copy of a tied tensor differs from it.
 */
export function loadTensors(checkpoint: Checkpoint, { selection, backend, seed, adapt }: LoadOptions): LoadedTensors {
  const { parameters } = checkpoint;
  const byName = new Map<string, Float32Array>();
  const tensors = new Map<string, Tensor>();
  for (const parameter of parameters) {
    const { name, canonical, shape } = parameter;
    const header = checkpoint.headerOf.get(name);
    if (!header)
      throw new MedpeftError(
        'MP3001',
        `${checkpoint.folder} holds no weights`,
        'put model.safetensors beside config.json',
        checkpoint.folder,
      );
    const data = adapt(parameter, readTensor(header, name));
    byName.set(name, data);
    tensors.set(canonical, { data, shape });
  }
  const trainables: Trainable[] = [];
  const networkNames = new Map<string, string>();
  const known = new Map(parameters.map((parameter) => [parameter.name, parameter]));
  const placeOf = ({ name }: Parameter): Parameter => {
    const place = known.get(name);
    if (!place) throw new MedpeftError('MP1103', `the model has no tensor ${name}`, undefined, name);
    return place;
  };
  for (const { parameter, group } of selection.base) {
    const { name, canonical, shape, component, kind, part } = placeOf(parameter);
    const decay = kind !== 'layernorm' && part !== 'bias';
    trainables.push({ name, shape, value: byName.get(name)!, added: false, component, kind, decay, group });
    networkNames.set(name, canonical);
  }
  const adaptations = new Map<string, Adaptation>();
  for (const placement of selection.added) {
    const { target, rank, scale, adapter } = placement;
    const path = modulePath(placeOf(target).canonical);
    if (adaptations.has(path))
      throw new MedpeftError('MP1104', `two adapters are put on ${target.name}`, 'name one of them', target.name);
    adaptations.set(path, { rank, scale });
    const made = methodOf(placement).tensors(placement);
    for (const [i, { name, shape, decay }] of made.entries()) {
      // A is random and B zero, so that the first step starts from the base model.
      const value = i === 0 ? kaimingUniform(shape, randomStream(seed, name)) : new Float32Array(shape[0]! * shape[1]!);
      const own = `${path}.${i === 0 ? 'lora_A' : 'lora_B'}.weight`;
      trainables.push({
        name,
        shape,
        value,
        added: true,
        component: target.component,
        kind: 'added',
        decay,
        group: adapter,
      });
      networkNames.set(name, own);
      tensors.set(own, { data: value, shape });
    }
  }
  const tensor = (name: string) => {
    const found = byName.get(name);
    if (!found) throw new MedpeftError('MP1101', `the model has no tensor ${name}`, undefined, name);
    return found;
  };
  return { backend, parameters, trainables, tensors, adaptations, networkNames, tensor };
}
