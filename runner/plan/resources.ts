/** What a spec names on disk, opened as far as a plan needs it; what cannot be opened is a finding at the place that names it. */
import path from 'node:path';
import type { Dataset as DatasetSettings, Spec } from '../../schemas/generated/spec';
import { openDataset } from '../data/dataset';
import { fileHashesOf, resolveSplits } from '../data/splits';
import type { Dataset, ResolvedSplits } from '../data/types';
import { MedpeftError } from '../errors';
import { type Checkpoint, inspectCheckpoint } from '../models';
import { atImageSize } from '../models/image_size';
import { once } from '../once';
import type { Finding } from '../spec/report';
import { taskSplits } from '../spec/rules/splits';
import type { Path } from '../spec/types';

export interface TaskData {
  splits: ResolvedSplits;
  /** `dataset/file` -> SHA-256. */
  hashes: Record<string, string>;
}

/** A checkpoint at the spec's image size, and the size in pixels that it was made for; undefined for a model that sees none. */
export type OpenedModel = { checkpoint: Checkpoint; madeFor: number | undefined } | { findings: Finding[] };
export type OpenedTask = TaskData | { findings: Finding[] };

export interface Resources {
  model(spec: Spec, name: string): OpenedModel;
  task(spec: Spec, name: string): Promise<OpenedTask>;
}

/** Opens every model and every task's data once, whatever the number of runs that need them. */
export function openResources(specFile: string): Resources {
  const models = new Map<string, OpenedModel>();
  const tasks = new Map<string, Promise<OpenedTask>>();
  return {
    model(spec, name) {
      const key = JSON.stringify([name, spec.models![name]]);
      return once(models, key, () => openModel(spec, name, specFile));
    },
    task(spec, name) {
      const key = JSON.stringify([name, spec.tasks![name], spec.datasets]);
      return once(tasks, key, () => readTask(spec, name, specFile));
    },
  };
}

/** A path of the spec, absolute. */
export function resolveFrom(specFile: string, relative: string): string {
  return path.resolve(path.dirname(specFile), relative);
}

/** A data set's settings with absolute paths. */
export function datasetFrom(specFile: string, settings: DatasetSettings): DatasetSettings {
  const { image_folder: images } = settings;
  return {
    ...settings,
    path: resolveFrom(specFile, settings.path),
    ...(images === undefined ? {} : { image_folder: resolveFrom(specFile, images) }),
  };
}

/** Headers of a model's checkpoint. The findings: MP1106, MP3001 to MP3005. */
export function openModel(spec: Spec, name: string, specFile: string): OpenedModel {
  const model = spec.models![name]!;
  const at = (key: string): Path => ['models', name, key];
  let blamed = 'path';
  try {
    const checkpoint = inspectCheckpoint(resolveFrom(specFile, model.path), model.family);
    blamed = 'image_size';
    const madeFor = checkpoint.family.images(checkpoint.config)?.size;
    return { checkpoint: atImageSize(checkpoint, model.image_size), madeFor };
  } catch (error) {
    return { findings: [findingOf(error, (code) => at(code === 'MP1106' ? 'family' : blamed))] };
  }
}

/** The items of a task. The findings: MP1101, MP1102, MP1106 and MP2001 to MP2005. */
export async function readTask(spec: Spec, name: string, specFile: string): Promise<OpenedTask> {
  const task = spec.tasks![name]!;
  const wanted = new Map<string, { splits: string[]; path: Path }>();
  for (const { reference, path: place } of taskSplits(task, ['tasks', name])) {
    const slash = reference.indexOf('/');
    const { splits, path: first } = wanted.get(reference.slice(0, slash)) ?? { splits: [], path: place };
    wanted.set(reference.slice(0, slash), {
      splits: [...new Set([...splits, reference.slice(slash + 1)])],
      path: first,
    });
  }
  const opened: Record<string, Dataset> = {};
  const findings: Finding[] = [];
  for (const [dataset, { splits, path: place }] of wanted) {
    const settings = spec.datasets![dataset]!;
    try {
      opened[dataset] = await openDataset(datasetFrom(specFile, settings), splits);
    } catch (error) {
      findings.push(findingOf(error, (code) => placeOfDataset(code, dataset, place)));
    }
  }
  if (findings.length > 0) return { findings };
  try {
    return { splits: resolveSplits(task, opened), hashes: fileHashesOf(opened) };
  } catch (error) {
    return { findings: [{ ...findingOf(error, () => ['tasks', name]), at: 'key' }] };
  }
}

function placeOfDataset(code: string, dataset: string, reference: Path): Path {
  if (code === 'MP1102') return reference;
  const keys: Readonly<Record<string, string>> = { MP1106: 'format', MP1101: 'filter' };
  return ['datasets', dataset, keys[code] ?? 'path'];
}

function findingOf(error: unknown, place: (code: string) => Path): Finding {
  if (!(error instanceof MedpeftError)) throw error;
  const { code, message, hint } = error;
  return { code, path: place(code), message, ...(hint === undefined ? {} : { hint }) };
}
