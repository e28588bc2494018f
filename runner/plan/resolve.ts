/** One cell of the grid, one sweep point, one seed -> a run with every setting resolved. */
import { fillDefaults } from '../../schemas/defaults';
import type { Executor, Runtime, Spec } from '../../schemas/generated/spec';
import type { Checkpoint } from '../models';
import { taskSplits } from '../spec/rules/splits';
import type { GridCell } from './cells';
import { type Tuned, toComponents } from './components';
import { identityOf } from './identity';
import { mergeGeneration, mergeTraining } from './merge';
import type { Rates } from './rates';
import { datasetFrom, resolveFrom } from './resources';
import type { PlannedRun, ResolvedTraining, SlurmSettings } from './types';

export interface CellParts {
  /** The spec with the sweep point's settings. */
  spec: Spec;
  specFile: string;
  cell: GridCell;
  tuned: readonly Tuned[];
  rates: Rates;
  checkpoint: Checkpoint;
  /** `dataset/file` -> SHA-256. */
  dataHashes: Record<string, string>;
  sweep: Record<string, unknown>;
  seed: number;
  /** Overrides the training's, as `--max-steps` does. */
  maxSteps?: number;
}

export function resolveRun(parts: CellParts): PlannedRun {
  const { spec, specFile, cell, rates, checkpoint, dataHashes, seed } = parts;
  const runtime = fillDefaults('runtime', spec.runtime ?? {}) as Required<Omit<Runtime, 'threads' | 'slurm'>> & Runtime;
  const { output_dir: outputDir, backend, device, memory, threads } = runtime;
  const model = spec.models![cell.model]!;
  const names = new Set(parts.tuned.map(({ name }) => name));
  const task = spec.tasks![cell.task]!;
  const resolved = {
    seed,
    sweep: relevantSweep(parts, names),
    model: { ...model, path: resolveFrom(specFile, model.path) },
    task: {
      ...fillDefaults('task', task),
      select_by: task.select_by ?? task.metrics[0],
      generation: mergeGeneration(spec, cell),
    },
    method: {
      components: toComponents(parts.tuned),
      ...(rates.learningRate === undefined ? {} : { learningRate: rates.learningRate }),
      ...(rates.candidates === undefined ? {} : { learningRateCandidates: rates.candidates }),
    },
    training: resolveTraining(parts),
    datasets: Object.fromEntries(
      datasetsOf(spec, cell.task).map((name) => {
        return [name, datasetFrom(specFile, fillDefaults('dataset', spec.datasets![name]!))];
      }),
    ),
    parameterGroups: named(spec.parameter_groups, names),
    adapters: Object.fromEntries(
      Object.entries(named(spec.adapters, names)).map(([name, adapter]) => [name, fillDefaults('adapter', adapter)]),
    ),
    hashes: { model: checkpoint.hash, data: dataHashes },
  };
  const identity = identityOf(resolved);
  return {
    id: `${cell.model}--${cell.task}--${cell.method}--seed${seed}--${identity.slice(0, 10)}`,
    identity,
    specFile,
    specName: spec.name ?? '',
    modelName: cell.model,
    taskName: cell.task,
    methodName: cell.method,
    ...resolved,
    outputDir: resolveFrom(specFile, outputDir),
    runtime: { backend, device, memory, ...(threads === undefined ? {} : { threads }) },
    ...(executorOf(spec, cell.model) === 'slurm' ? { slurm: slurmSettings(spec) } : {}),
  };
}

function executorOf({ runtime }: Spec, model: string): Executor {
  const { executor = 'local' } = runtime ?? {};
  return typeof executor === 'string' ? executor : (executor[model] ?? 'local');
}

/** What the spec says of job arrays, also where it chooses none. */
export function slurmSettings({ runtime }: Pick<Spec, 'runtime'>): SlurmSettings {
  return fillDefaults('slurm', runtime?.slurm ?? {}) as SlurmSettings;
}

function resolveTraining({ spec, cell, sweep, maxSteps }: CellParts): ResolvedTraining {
  const { learning_rate: _, ...merged } = mergeTraining(spec, cell, sweep);
  const values = Object.entries(merged).map(([key, { value }]) => [key, value]);
  return { ...Object.fromEntries(values), ...(maxSteps === undefined ? {} : { max_steps: maxSteps }) };
}

/** Names of the data sets that a task names. */
function datasetsOf(spec: Spec, task: string): string[] {
  const references = taskSplits(spec.tasks![task]!, []).map(({ reference }) => reference);
  return [...new Set(references.map((reference) => reference.slice(0, reference.indexOf('/'))))];
}

/** The swept settings that this run has: a rank of an adapter that it does not use makes no other run of it. */
function relevantSweep({ spec, cell, sweep }: CellParts, names: ReadonlySet<string>): Record<string, unknown> {
  const uses: Readonly<Record<string, (name: string) => boolean>> = {
    models: (name) => name === cell.model,
    tasks: (name) => name === cell.task,
    methods: (name) => name === cell.from,
    datasets: (name) => datasetsOf(spec, cell.task).includes(name),
  };
  return Object.fromEntries(
    Object.entries(sweep).filter(([setting]) => {
      const [section, name] = setting.split('.') as [string, string];
      return section === 'training' || (uses[section] ?? ((part: string) => names.has(part)))(name);
    }),
  );
}

function named<T>(section: Record<string, T> = {}, names: ReadonlySet<string>): Record<string, T> {
  return Object.fromEntries(Object.entries(section).filter(([name]) => names.has(name)));
}
