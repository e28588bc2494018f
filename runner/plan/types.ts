/** A run with every setting resolved: all that the runner needs, nothing it must look up in the spec again. */

import type { ParameterCounts } from '../../schemas/generated/manifest';
import type {
  Adapter,
  Dataset,
  Generation,
  Model,
  ParameterGroup,
  Slurm,
  Task,
  Training,
} from '../../schemas/generated/spec';
import type { Choice } from '../backends/select';
import type { Component } from '../models/types';
import type { PlannedMatch } from './matches';

/** Settings of job arrays with every default filled in. */
export type SlurmSettings = Slurm & Required<Pick<Slurm, 'grace_seconds'>>;

/** Training settings with every default filled in. */
export type ResolvedTraining = Required<
  Omit<Training, 'max_steps' | 'warmup_steps' | 'lr_scheduler_kwargs' | 'eval_steps' | 'save_steps' | 'learning_rate'>
> &
  Pick<Training, 'max_steps' | 'warmup_steps' | 'lr_scheduler_kwargs' | 'eval_steps' | 'save_steps'>;

/** What is tuned: component -> names of groups and adapters; nothing frozen is listed. `*` and `text` are expanded. */
export interface ResolvedMethod {
  components: Partial<Record<Component, string[]>>;
  /** One rate for all, or by group or adapter name. Absent for the untuned base, and where there are only candidates. */
  learningRate?: number | Record<string, number>;
  /** Two or more rates from the lowest, of which the best on validation is chosen; they stand for every name that has no rate of its own. */
  learningRateCandidates?: number[];
}

/** Bytes that a run's process will have resident at most, estimated. */
export interface MemoryNeeds {
  /** With all kept that backward needs. */
  bytes: number;
  /** With everything computed again that can be. */
  recomputedBytes: number;
  /** With that, and with frozen weights read block by block whenever they are used. */
  leastBytes: number;
  /** What a step keeps for backward where all is kept. */
  savedBytes: number;
}

export interface PlannedRun {
  /** `<model>--<task>--<method>--seed0--<hash>`; also the folder's name. */
  id: string;
  /** SHA-256 of all that the run uses. */
  identity: string;
  specFile: string;
  specName: string;
  modelName: string;
  taskName: string;
  methodName: string;
  seed: number;
  /** Setting path -> value, of the settings of this run that are swept. */
  sweep: Record<string, unknown>;
  /** `path` is absolute. */
  model: Model;
  task: Task & { generation: Required<Generation> };
  method: ResolvedMethod;
  training: ResolvedTraining;
  /** The data sets that the task names; paths are absolute. */
  datasets: Record<string, Dataset>;
  /** The groups and adapters that the method names. */
  parameterGroups: Record<string, ParameterGroup>;
  adapters: Record<string, Adapter>;
  hashes: { model: string; data: Record<string, string> };
  /** Absolute folder that run folders are written to. */
  outputDir: string;
  runtime: { backend: string; device: string; memory: 'auto' | number; threads?: number };
  /** Where it is computed, as was chosen once for all runs that begin together; absent until then. */
  computed?: Choice;
  /** What its task of a job array asks for; absent if this machine performs it. */
  slurm?: SlurmSettings;
  /** Only so many items of each split are scored; for a dry run, which leaves nothing. */
  sample?: number;
  /** What is trained, from names and shapes alone; set by the planner. */
  parameters?: ParameterCounts;
  /** What each group and adapter matched; set by the planner. */
  matches?: PlannedMatch[];
  /** Optimiser steps, of all candidate rates together; 0 for the untuned base. Set by the planner. */
  steps?: number;
  /** Set by the planner where the family's steps can be rehearsed. */
  memory?: MemoryNeeds;
}
