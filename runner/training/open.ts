/** Opens what a planned run names: checkpoint, data, backend, and the model with its method. */
import os from 'node:os';
import path from 'node:path';
import type { ParameterCounts } from '../../schemas/generated/manifest';
import { openBackend } from '../backends';
import type { Choice } from '../backends/select';
import type { HeldOut } from '../data';
import { MedpeftError } from '../errors';
import { select } from '../methods';
import type { Selection } from '../methods/types';
import { type Checkpoint, inspectCheckpoint } from '../models';
import { cacheFolder } from '../models/feature_files';
import { atImageSize } from '../models/image_size';
import { loadModel } from '../models/load';
import type { InspectableModel } from '../models/types';
import { countParameters } from '../plan/counts';
import { budgetOf } from '../plan/memory_budget';
import type { PlannedRun } from '../plan/types';
import { openRunData, type RunData } from './run_data';
import type { Environment } from './state';
import { whereComputed } from './where';

export interface OpenRun {
  data: RunData;
  model: InspectableModel;
  selection: Selection;
  counts: ParameterCounts;
  environment: Environment;
  /** Why it is computed there. */
  choice: Choice;
}

/**
 * @param heldOut for validation when the run began, as its folder says
 * @param between called before each use of a block, of so many in a pass
 * @throws MP4014 before anything is read if memory will not do, MP4003 if checkpoint or data are not those the run was planned for, and the errors of data, model, method and backend
 */
export async function openPlannedRun(
  run: PlannedRun,
  heldOut?: HeldOut,
  between?: (block: number, of: number) => void,
): Promise<OpenRun> {
  const budget = budgetOf(run);
  const stored = inspectCheckpoint(run.model.path, run.model.family);
  refuseOtherModel(run, stored);
  const data = await openRunData(run, stored, heldOut);
  refuseOtherData(run, data.fileHashes);
  const checkpoint = atImageSize(stored, data.imageSize);
  const choice = run.computed ?? (await whereComputed(run));
  const { backend: name, device } = choice;
  const backend = await openBackend({ backend: name, device, threads: run.runtime.threads });
  const selection = select(checkpoint.parameters, run);
  const model = await loadModel({
    folder: run.model.path,
    family: run.model.family,
    selection,
    backend,
    seed: run.seed,
    imageSize: data.imageSize,
    ...budget,
    precision: run.model.frozen_precision,
    between,
    cache: path.join(cacheFolder(), 'image-states'),
  });
  return {
    data,
    model,
    selection,
    counts: countParameters(checkpoint.parameters, selection),
    choice,
    environment: {
      backend: backend.name,
      device: backend.device,
      backend_version: backend.version,
      threads: backend.threads,
      host: os.hostname(),
      node: process.versions.node,
    },
  };
}

/** MP4003 if the checkpoint is not the one that the run was planned for. */
export function refuseOtherModel({ hashes, model }: PlannedRun, { hash }: Pick<Checkpoint, 'hash'>): void {
  if (hash === hashes.model) return;
  throw new MedpeftError(
    'MP4003',
    'the model folder is not what it was when this run was planned',
    'put the checkpoint back, or run the spec again: that makes a new run',
    model.path,
  );
}

/** MP4003 if the files of the data sets are not those that the run was planned for: scores of other items are not the run's. */
function refuseOtherData({ hashes, datasets }: PlannedRun, now: Readonly<Record<string, string>>): void {
  // a manifest that was written without them says nothing
  if (Object.keys(hashes.data).length === 0) return;
  const names = new Set([...Object.keys(hashes.data), ...Object.keys(now)]);
  const changed = [...names].filter((name) => hashes.data[name] !== now[name]);
  if (changed.length === 0) return;
  const [first] = changed;
  throw new MedpeftError(
    'MP4003',
    `the data are not what they were when this run was planned: ${changed.join(', ')}`,
    'put the files back, or run the spec again: that makes a new run',
    datasets[first!.slice(0, first!.indexOf('/'))]?.path,
  );
}
