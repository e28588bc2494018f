/** Cases of a parity folder: what was compared with the golden values, and how it came out. */
import type { Backend } from '../backends';
import type { FrozenPrecision } from '../models/precision';
import type { MethodFolder } from './methods';

export interface ParityCase {
  name: string;
  status: 'passed' | 'failed' | 'skipped';
  /** In the unit of `tolerance`; absent if skipped. */
  max_error?: number;
  tolerance?: number;
  /** Why it was skipped, or what differs most. */
  reason?: string;
}

/** What computes, and how. */
export interface Computing {
  backend: Backend;
  /** Of frozen matrices; float32 if absent. */
  precision?: FrozenPrecision;
}

export interface ParityContext extends Computing {
  /** The whole folder. */
  root: string;
}

/** One kind of case: looks into the folder for what it knows and yields a case for each. */
export type ParityKind = (context: ParityContext) => AsyncIterable<ParityCase>;

/** One kind of case about methods: yields those of each folder that it is given. */
export type MethodKind = (methods: readonly MethodFolder[], on: Computing) => AsyncIterable<ParityCase>;

/** A share of the cases, for several processes at once: the `index`th, from 1, of `of`. */
export interface Shard {
  index: number;
  of: number;
}
