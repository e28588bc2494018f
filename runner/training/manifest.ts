/** A planned run as its manifest, and back: what a folder says is all that is needed to go on with it. */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { version } from '../../package.json';
import type { Manifest, ParameterCounts } from '../../schemas/generated/manifest';
import type { Choice } from '../backends/select';
import { MedpeftError } from '../errors';
import type { PlannedRun, SlurmSettings } from '../plan/types';
import type { RunSummary } from '../runs';
import { thisProcess } from '../runs/process';
import type { Environment } from './state';

/** What is known only once data and model are open. */
export interface Opened {
  counts: ParameterCounts;
  splits: Manifest['splits'];
  environment: Environment;
  choice: Choice;
}

/** The state of the repository that the spec stands in; undefined where there is none. */
function gitState(folder: string): Manifest['git'] {
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', folder, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 5_000,
    });
  try {
    return { commit: git('rev-parse', 'HEAD').trim(), dirty: git('status', '--porcelain', '-uno') !== '' };
  } catch {
    return undefined;
  }
}

/** @param opened absent if the run could not even be opened */
export function manifestOf(run: PlannedRun, opened?: Opened): Manifest {
  const git = gitState(path.dirname(run.specFile));
  const { environment } = opened ?? {};
  return {
    format: 1,
    run: run.id,
    created: new Date().toISOString(),
    spec: { file: run.specFile, name: run.specName },
    model: run.modelName,
    task: run.taskName,
    method: run.methodName,
    seed: run.seed,
    sweep: run.sweep,
    resolved: {
      model: { ...run.model },
      task: { ...run.task },
      method: {
        components: run.method.components,
        learning_rate: run.method.learningRate,
        learning_rate_candidates: run.method.learningRateCandidates,
      },
      training: { ...run.training },
      datasets: run.datasets,
      parameter_groups: run.parameterGroups,
      adapters: run.adapters,
    },
    runtime: {
      ...run.runtime,
      ...(run.slurm ? { slurm: run.slurm } : {}),
      ...(environment ?? {}),
      ...(opened && { chosen_because: opened.choice.reason }),
      ...(opened?.choice.automatic && { chosen_automatically: true }),
    },
    hashes: { identity: run.identity, ...run.hashes },
    ...(opened ? { counts: opened.counts, splits: opened.splits } : {}),
    versions: {
      medpeft: version,
      node: process.versions.node,
      ...(environment ? { [environment.backend]: environment.backend_version } : {}),
    },
    process: thisProcess(),
    ...(git ? { git } : {}),
  };
}

/** The run that a folder's manifest describes, to be gone on with. @throws MP4003 if the manifest does not say enough */
export function plannedOf({ manifest, folder }: Pick<RunSummary, 'manifest' | 'folder'>): PlannedRun {
  const { resolved, hashes, spec, runtime } = manifest;
  const { components, learning_rate: learningRate, learning_rate_candidates: candidates } = resolved.method;
  if (!hashes?.model || !spec)
    throw new MedpeftError('MP4003', 'the manifest does not say what the run used', 'run its spec again', folder);
  // written from a planned run, and read back with the schema's check: the settings have these types
  return {
    id: manifest.run,
    identity: hashes.identity,
    specFile: spec.file,
    specName: spec.name ?? '',
    modelName: manifest.model,
    taskName: manifest.task,
    methodName: manifest.method,
    seed: manifest.seed,
    sweep: manifest.sweep ?? {},
    model: resolved.model as unknown as PlannedRun['model'],
    task: resolved.task as unknown as PlannedRun['task'],
    method: {
      components,
      ...(learningRate === undefined ? {} : { learningRate }),
      ...(candidates === undefined ? {} : { learningRateCandidates: candidates }),
    } as PlannedRun['method'],
    training: resolved.training as unknown as PlannedRun['training'],
    datasets: resolved.datasets as PlannedRun['datasets'],
    parameterGroups: (resolved.parameter_groups ?? {}) as PlannedRun['parameterGroups'],
    adapters: (resolved.adapters ?? {}) as PlannedRun['adapters'],
    hashes: { model: hashes.model, data: hashes.data ?? {} },
    outputDir: path.dirname(folder),
    runtime: {
      backend: String(runtime?.backend ?? 'auto'),
      device: String(runtime?.device ?? 'auto'),
      memory: typeof runtime?.memory === 'number' ? runtime.memory : 'auto',
      ...(typeof runtime?.threads === 'number' ? { threads: runtime.threads } : {}),
    },
    ...(runtime?.slurm ? { slurm: runtime.slurm as SlurmSettings } : {}),
  };
}
