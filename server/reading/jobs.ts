/** What the reading thread is asked, and its answers. Plain data: it crosses a thread. */

import type { DatasetFacts } from '../../runner/data/facts';
import type { Diagnostic } from '../../runner/errors';
import type { Parameter } from '../../runner/models/types';
import type { Dataset } from '../../schemas/generated/spec';

export interface Jobs {
  /** Everything that is wrong with a text, the disk included. */
  check: { ask: { file: string; text: string }; answer: Diagnostic[] };
  /** Config and tensors of a checkpoint. */
  checkpoint: { ask: Holding<{ folder: string; family: string }>; answer: Stamped<CheckpointFacts> };
  /** What the records of a data set are; paths of the settings are absolute. */
  dataset: { ask: Holding<Dataset>; answer: Stamped<DatasetFacts> };
}

/** A question about files, and the stamp of the answer that the asker holds. */
export interface Holding<T> {
  of: T;
  holds?: string;
}

/** What files say, or why they cannot be read; nothing where it is what the asker holds: thousands of tensors are not sent again. */
export interface Stamped<T> {
  stamp: string;
  facts?: T | { problem: string };
}

export type JobKind = keyof Jobs;

export interface CheckpointFacts {
  /** Parsed config.json. */
  config: unknown;
  parameters: Parameter[];
  /** Types in which the weights are stored, such as `BF16`; empty for config.json alone. */
  dtypes: string[];
}

/** A job on its way to the thread. */
export type Posted = { [K in JobKind]: { id: number; kind: K; ask: Jobs[K]['ask'] } }[JobKind];

/** Its answer; `failed` for a bug of ours. */
export type Answered = { id: number; answer: Jobs[JobKind]['answer'] } | { id: number; failed: string };
