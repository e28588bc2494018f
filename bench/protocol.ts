/** What main.ts says to both sides, a JSON object a line; each answers with one. */
import type { FrozenPrecision } from '../runner/models/precision';
import type { Item } from './rows';

export interface Open {
  do: 'open';
  /** config.json and model.safetensors. */
  folder: string;
  /** float32 of all images one after another, [images, 3, side, side]. */
  pixels: string;
  imageSize: number;
  method: string;
  /** Of frozen matrices; the engine alone, float32 if absent. */
  precision?: FrozenPrecision;
  threads: number;
}

export type Command =
  | Open
  /** One optimiser step: forward, backward, clipping, AdamW. -> Step */
  | { do: 'step'; items: readonly Item[] }
  /** -> { gflops } of a large matrix product */
  | { do: 'ceiling' }
  /** -> Planned: what `medpeft plan` would foretell of such a step, by a calibration in this process; the engine alone */
  | { do: 'plan'; items: readonly Item[] }
  /** -> { bytes }: the most memory that the process has had resident */
  | { do: 'peak' };

export interface Planned {
  seconds: number;
}

export interface Step {
  loss: number;
  seconds: number;
  /** Of matrix products, as run; the engine alone counts them. */
  flops?: number;
  /** Where its time went, by program; the engine alone says. */
  parts?: Record<string, Part>;
}

/** All calls of a program within a step. */
export interface Part {
  calls: number;
  seconds: number;
  flops: number;
}
