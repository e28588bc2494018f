/** Tensors of a checkpoint under the names of the network, and those of them that are trained. */
import type { Backend, Tensor } from '../backends';
import { MedpeftError } from '../errors';
import type { Selection } from '../methods/types';
import type { Adaptations } from './adaptations';
import type { Checkpoint } from './checkpoint';
import { widenHalf } from './half';
import { type FrozenPrecision, halvesOf } from './precision';
import { randomStream } from './random';
import { residents } from './residents';
import { readHalves, readTensor } from './safetensors';
import { type Stored, WeightStream } from './stream';
import type { Parameter, Trainable } from './types';

export interface LoadedTensors {
  backend: Backend;
  parameters: readonly Parameter[];
  trainables: readonly Trainable[];
  /** Base and added tensors in memory by their name in the network. */
  tensors: ReadonlyMap<string, Tensor>;
  /** What the method does in the network. */
  adaptations: Adaptations;
  /** Name of a trainable -> its name in the network. */
  networkNames: ReadonlyMap<string, string>;
  /** A base tensor by its name in the checkpoint, as the network uses it. */
  tensor(name: string): Float32Array;
  /** Folder of image states that outlive the run; none are kept if absent. */
  cache?: string;
  /** Bytes that a step may keep for backward (network.ts); no limit if absent. */
  keptBytes?: number;
  /** The other base tensors, by their name in the network. */
  stream?: WeightStream;
  /** Their names in the checkpoint. */
  streamed?: ReadonlySet<string>;
  /** As in network.ts. */
  between?(block: number, of: number): void;
}

export interface LoadOptions {
  selection: Selection;
  backend: Backend;
  seed: number;
  /** Bytes of frozen tensors that stay in memory; all if absent. The rest is read whenever it is used. */
  residentBytes?: number;
  /** Of frozen matrices in memory; float32 if absent. */
  precision?: FrozenPrecision;
  /** Makes a stored tensor fit the shape that is needed, where they differ. */
  adapt(parameter: Parameter, stored: Float32Array): Float32Array;
}

/**
 * Reads every tensor that stays in memory and makes the trainables: base ones are the loaded values themselves, added ones are drawn from the seed.
 * @throws MP3004 if the folder has no weights, or a copy of a tied tensor differs from it.
 */
export function loadTensors(checkpoint: Checkpoint, options: LoadOptions): LoadedTensors {
  const { selection, backend, seed, residentBytes, precision, adapt } = options;
  const { parameters } = checkpoint;
  const byName = new Map<string, Float32Array>();
  const halfByName = new Map<string, Uint16Array>();
  const tensors = new Map<string, Tensor>();
  const trained = new Set(selection.base.map(({ parameter }) => parameter.name));
  const tuned = new Set(selection.base.map(({ parameter }) => parameter.canonical));
  const halves = halvesOf(checkpoint, tuned, precision);
  const held = residentBytes === undefined ? undefined : residents(checkpoint, trained, residentBytes, halves);
  const stored = new Map<string, Stored>();
  const inFile = new Map<string, Stored>();
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
    if (held && !held.has(name)) {
      stored.set(canonical, { header, name });
      inFile.set(name, { header, name });
      continue;
    }
    if (halves.has(canonical)) {
      const data = readHalves(header, name);
      halfByName.set(name, data);
      tensors.set(canonical, { data, shape });
      continue;
    }
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
  refuseSharedSites(selection);
  const tensor = (name: string) => {
    const away = inFile.get(name);
    const isHalf = halves.has(known.get(name)?.canonical ?? '');
    const half = isHalf && away ? readHalves(away.header, name) : halfByName.get(name);
    if (half) return widenHalf(half);
    const found = away ? readTensor(away.header, name) : byName.get(name);
    if (!found) throw new MedpeftError('MP1101', `the model has no tensor ${name}`, undefined, name);
    return found;
  };
  for (const { targets, tensors: made, component, adapter: group } of selection.added) {
    targets.forEach(placeOf);
    for (const { name, place, shape, decay, initial } of made) {
      const value = initial({ random: randomStream(seed, name), base: tensor });
      trainables.push({ name, shape, value, added: true, component, kind: 'added', decay, group });
      networkNames.set(name, place);
      tensors.set(place, { data: value, shape });
    }
  }
  const adaptations: Adaptations = {
    sites: selection.added.flatMap(({ sites }) => sites),
    calls: selection.added.flatMap(({ calls = [] }) => calls),
  };
  const streaming = stored.size > 0 && { stream: new WeightStream(stored, halves), streamed: new Set(inFile.keys()) };
  return { backend, parameters, trainables, tensors, adaptations, networkNames, tensor, ...streaming };
}

/** MP1104: what two adapters do at one site would depend on their order. */
function refuseSharedSites({ added }: Selection): void {
  const taken = new Set<string>();
  for (const { sites, targets } of added)
    for (const { site, path } of sites) {
      const place = `${site} ${path}`;
      if (taken.has(place))
        throw new MedpeftError('MP1104', `two adapters are put on ${path}`, 'name one of them', targets[0]?.name);
      taken.add(place);
    }
}
