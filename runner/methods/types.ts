/** What a method selects in a model: base tensors to tune, and modules to add. */
import type { Component, Parameter } from '../models/types';

/** Low-rank update B·A beside one linear layer: y += scale · B(A x). */
export interface LoraPlacement {
  type: 'lora';
  /** The adapter's name in the spec. */
  adapter: string;
  /** Weight [out, in] of the linear layer that is adapted. */
  target: Parameter;
  rank: number;
  /** alpha / rank, or alpha / sqrt(rank) for rsLoRA. */
  scale: number;
}

/** One union member per method that adds parameters. */
export type Placement = LoraPlacement;

export interface Selection {
  /** Base tensors that are tuned, in the model's order, each with the name of the parameter group that selected it. */
  base: { parameter: Parameter; group: string }[];
  added: Placement[];
  /** What each component's groups and adapters matched, for hover, plan and diagnostics. */
  matches: { component: Component; name: string; tensors: string[] }[];
}
