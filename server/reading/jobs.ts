/** What the reading thread is asked, and its answers. Plain data: it crosses a thread. */

import type { DatasetFacts } from '../../runner/data/facts';
import type { Diagnostic } from '../../runner/errors';
import type { Parameter } from '../../runner/models/types';
import type { Dataset } from '../../schemas/generated/spec';

export interface Jobs {
  /** Everything that is wrong with a text, the disk included. */
  check: { ask: { file: string; text: string }; answer: Diagnostic[] };
  /** Config and tensors of a checkpoint, or why it cannot be read. */
  checkpoint: { ask: { folder: string; family: string }; answer: CheckpointFacts | { problem: string } };
  /** What the records of a data set are; paths of the settings are absolute. */
  dataset: { ask: Dataset; answer: DatasetFacts | { problem: string } };
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
