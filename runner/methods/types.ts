/** What a method selects in a model: base tensors to tune, and tensors to add with what is done with them. */
import type { Adapter } from '../../schemas/generated/spec';
import type { Adaptation } from '../models/adaptations';
import type { Call } from '../models/chain';
import type { Component, Parameter } from '../models/types';

/** What the first values of an added tensor are made of. */
export interface Origin {
  /** Uniform in [0, 1): a stream of the tensor's own. */
  random(): number;
  /** A base tensor, by its name in the checkpoint. */
  base(name: string): Float32Array;
}

/** A tensor that a method adds. */
export interface AddedTensor {
  /** Under which it is trained and stored in a run. */
  name: string;
  /** Its name in the network: the site's path, then its own. */
  place: string;
  shape: readonly number[];
  /** Whether weight decay applies. */
  decay: boolean;
  initial(origin: Origin): Float32Array;
}

/** One adapter, put in one place of a model. */
export interface Placement {
  type: Adapter['type'];
  /** The adapter's name in the spec. */
  adapter: string;
  component: Component;
  /** Weights of the base at which it is put. */
  targets: readonly Parameter[];
  /** In the order in which they are trained. */
  tensors: readonly AddedTensor[];
  /** What it does in the network. */
  sites: readonly Adaptation[];
  /** What is computed before the network, for its sites to read. */
  calls?: readonly Call[];
}

export interface Selection {
  /** Base tensors that are tuned, in the model's order, each with the name of the parameter group that selected it. */
  base: { parameter: Parameter; group: string }[];
  added: Placement[];
  /** What each component's groups and adapters matched, for hover, plan and diagnostics. */
  matches: { component: Component; name: string; tensors: string[] }[];
}
