/** Settings merge from general to special: the schema's defaults, `training`, matching `overrides`, the method's own, the sweep. */
import { fillDefaults } from '../../schemas/defaults';
import type { Generation, LearningRate, Override, Spec, Training } from '../../schemas/generated/spec';
import type { Path } from '../spec/types';

/** What a run is of, by the spec's names. */
export interface Cell {
  model: string;
  task: string;
  /** With the cell of its grid, such as `grid-frozen-norms`. */
  method: string;
  /** Key in `methods`. */
  from: string;
}

/** A merged value and where the spec says so; `default` where it does not. */
export interface Merged {
  value: unknown;
  source: Path | 'default';
}

/** Whether `overrides` or `exclude` mean a cell. A selector that names nothing means all. */
export function selects({ model, task, method }: Pick<Override, 'model' | 'task' | 'method'>, cell: Cell): boolean {
  const names = (selector: string | string[] | undefined, ...own: string[]) =>
    selector === undefined || [selector].flat().some((name) => own.includes(name));
  return names(model, cell.model) && names(task, cell.task) && names(method, cell.method, cell.from);
}

/** Overrides that apply to a cell, with their places in `overrides`. */
export function overridesOf(spec: Spec, cell: Cell): { override: Override; index: number }[] {
  return (spec.overrides ?? [])
    .map((override, index) => ({ override, index }))
    .filter(({ override }) => selects(override, cell));
}

/**
 * Every training setting of a cell with the place that it came from: for hover and for the plan.
 * @param sweep setting path -> value, of one sweep point
 */
export function mergeTraining(
  spec: Spec,
  cell: Cell,
  sweep: Readonly<Record<string, unknown>> = {},
): Record<string, Merged> {
  const layers: [Training | undefined, Path][] = [
    [spec.training, ['training']],
    ...overridesOf(spec, cell).map(({ override, index }): [Training | undefined, Path] => [
      override.training,
      ['overrides', index, 'training'],
    ]),
    [spec.methods?.[cell.from]?.training, ['methods', cell.from, 'training']],
  ];
  const defaults: Training = fillDefaults('training', {});
  const merged: Record<string, Merged> = {};
  for (const [key, value] of Object.entries(defaults)) merged[key] = { value, source: 'default' };
  for (const [values, path] of layers)
    for (const [key, value] of Object.entries(values ?? {})) merged[key] = { value, source: [...path, key] };
  for (const [setting, value] of Object.entries(sweep))
    if (setting.startsWith('training.'))
      merged[setting.slice('training.'.length)] = { value, source: ['sweep', setting] };
  return merged;
}

/** Generation settings of a cell: the schema's defaults, the task's, those of overrides. */
export function mergeGeneration(spec: Spec, cell: Cell): Required<Generation> {
  const task = spec.tasks?.[cell.task];
  const overrides = overridesOf(spec, cell).map(({ override }) => override.generation);
  // A report of the 10 tokens that an answer has by default would be no report, and a chat's answer none.
  const longest = task?.type === 'report_generation' ? (task.max_report_tokens ?? 100) : 256;
  const ofTask = task === undefined || task.type === 'vqa' ? {} : { max_new_tokens: longest };
  return fillDefaults('generation', Object.assign(ofTask, task?.generation, ...overrides)) as Required<Generation>;
}

/**
 * The learning rate of a cell as written: a sweep's, else the method's own, else the merged training's.
 */
export function mergeRate(
  spec: Spec,
  cell: Cell,
  sweep: Readonly<Record<string, unknown>> = {},
): { own?: LearningRate; general?: LearningRate } {
  const merged = mergeTraining(spec, cell, sweep).learning_rate;
  const general = merged?.value as LearningRate | undefined;
  const own = spec.methods?.[cell.from]?.learning_rate;
  if ('training.learning_rate' in sweep) return { own: general };
  return { own, general };
}
