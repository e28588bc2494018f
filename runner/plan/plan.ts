/** Spec -> runs: each cell of the grid is checked, resolved and given its identity. */
import type { Spec } from '../../schemas/generated/spec';
import type { Diagnostic } from '../errors';
import { select } from '../methods/select';
import type { Checkpoint } from '../models';
import { byPlace } from '../spec/load';
import { nearest } from '../spec/nearest';
import { placesOf } from '../spec/places';
import { diagnose, type Finding } from '../spec/report';
import { taskSplits } from '../spec/rules/splits';
import { unsupported } from '../spec/rules/support';
import { withSetting } from '../spec/rules/sweep';
import type { SpecFile } from '../spec/types';
import { type GridCell, gridOf, sweepPoints } from './cells';
import { type Tuned, tunedBy } from './components';
import { countParameters } from './counts';
import { checkFit } from './fit';
import { mergeRate, overridesOf } from './merge';
import { type Rates, resolveRates } from './rates';
import { resolveRun } from './resolve';
import { openResources, type Resources, type TaskData } from './resources';
import { stepCounter } from './steps';
import type { PlannedRun } from './types';

/** Leaves out what is not asked for. Names are those of the spec; a method may be named by its grid. */
export interface PlanFilter {
  model?: string;
  task?: string;
  methods?: readonly string[];
  /** In place of the spec's seeds. */
  seeds?: readonly number[];
  /** In place of the training's `max_steps`. */
  maxSteps?: number;
}

export interface ExcludedCell {
  model: string;
  task: string;
  method: string;
  reason: string;
}

export interface Plan {
  runs: PlannedRun[];
  /** Cells without runs: those that the spec excludes, and those that cannot be run, with the reason. */
  excluded: ExcludedCell[];
  diagnostics: Diagnostic[];
}

/**
 * Plans every run of a spec. Reads the heads of checkpoints and the records of data sets, but no weights and no pixels.
 * Never throws for bad user input: what cannot be planned is in `excluded`, with a diagnostic of severity `error`.
 */
export async function planRuns(
  { file, text, tree, spec, bases, diagnostics: loaded }: SpecFile,
  filter: PlanFilter = {},
): Promise<Plan> {
  if (!spec || loaded.some(({ severity }) => severity === 'error'))
    return { runs: [], excluded: [], diagnostics: loaded };
  const grid = gridOf(spec);
  const findings: Finding[] = checkFilter(spec, grid.cells, filter);
  const planned = await planCells(
    spec,
    file,
    grid.cells.filter((cell) => isChosen(cell, filter)),
    filter,
  );
  findings.push(...planned.findings);
  if (planned.runs.length === 0 && findings.length === 0)
    findings.push({
      code: 'MP1107',
      path: [],
      at: 'owner',
      message: 'no run is left',
      hint: 'a run needs a model, a task and a method that `exclude` leaves in',
    });
  const excludedBySpec = grid.excluded
    .filter(({ cell }) => isChosen(cell, filter))
    .map(({ cell: { model, task, method }, reason }) => ({ model, task, method, reason }));
  const places = placesOf(text, tree);
  const located = unique(findings).map((finding) => diagnose(finding, places, bases.length > 0));
  // What was a warning while the spec was written is an error for the runs that need it.
  const kept = loaded.filter(({ code, path }) => code !== 'MP1106' || isRateList(path));
  return {
    runs: planned.runs,
    excluded: [...excludedBySpec, ...planned.excluded],
    diagnostics: [...kept, ...located].sort(byPlace),
  };
}

async function planCells(spec: Spec, specFile: string, cells: readonly GridCell[], filter: PlanFilter) {
  const runs = new Map<string, PlannedRun>();
  const excluded = new Map<string, ExcludedCell>();
  const findings: Finding[] = [];
  const resources = openResources(specFile);
  const stepsOf = stepCounter();
  const points = sweepPoints(spec.sweep).map((sweep) => ({ sweep, swept: sweptSpec(spec, sweep) }));
  for (const cell of cells)
    for (const { sweep, swept } of points) {
      const prepared = await prepare(swept, cell, sweep, resources);
      if ('problems' in prepared) {
        findings.push(...prepared.problems);
        const { model, task, method } = cell;
        const reason = `${prepared.problems[0]!.code}: ${prepared.problems[0]!.message}`;
        excluded.set(`${model} ${task} ${method} ${reason}`, { model, task, method, reason });
        continue;
      }
      const { checkpoint, data, ...parts } = prepared;
      for (const seed of filter.seeds ?? spec.seeds ?? [0]) {
        const run = resolveRun({
          spec: swept,
          specFile,
          cell,
          ...parts,
          checkpoint,
          dataHashes: data.hashes,
          sweep,
          seed,
          maxSteps: filter.maxSteps,
        });
        if (runs.has(run.id)) continue;
        const selection = select(checkpoint.parameters, run);
        runs.set(run.id, {
          ...run,
          parameters: countParameters(checkpoint.parameters, selection),
          steps: stepsOf(run, data),
        });
      }
    }
  return { runs: [...runs.values()], excluded: [...excluded.values()], findings };
}

type Prepared = { problems: Finding[] } | { checkpoint: Checkpoint; data: TaskData; tuned: Tuned[]; rates: Rates };

/** Opens and checks what a cell needs. */
async function prepare(
  spec: Spec,
  cell: GridCell,
  sweep: Readonly<Record<string, unknown>>,
  resources: Resources,
): Promise<Prepared> {
  const refused = unsupported(spec).filter(({ path }) => !isRateList(path) && concerns(path, spec, cell));
  if (refused.length > 0) return { problems: refused.map((finding): Finding => ({ ...finding, severity: 'error' })) };
  const model = resources.model(spec, cell.model);
  const data = await resources.task(spec, cell.task);
  const problems = [model, data].flatMap((opened) => ('findings' in opened ? opened.findings : []));
  if ('findings' in model || 'findings' in data) return { problems };
  const { checkpoint } = model;
  const tuned = tunedBy(cell.expanded, overridesOf(spec, cell), checkpoint.family, spec);
  const refusedAdapters = unsupported(spec).filter(
    ({ path }) => path[0] === 'adapters' && tuned.some(({ name }) => name === path[1]),
  );
  const rates = resolveRates([...new Set(tuned.map(({ name }) => name))], mergeRate(spec, cell, sweep), spec);
  const misfits = [
    ...refusedAdapters.map((finding): Finding => ({ ...finding, severity: 'error' })),
    ...checkFit(tuned, checkpoint.parameters, { model: cell.model, family: checkpoint.family, spec }),
    ...(rates.missing.length > 0 ? [withoutRate(cell, rates.missing)] : []),
    ...(tuned.length > 0 && data.splits.train.length === 0 ? [withoutItems(cell)] : []),
  ];
  return misfits.length > 0 ? { problems: misfits } : { checkpoint, data, tuned, rates };
}

/** Whether something unsupported is part of a cell; adapters are judged once it is known which are used. */
function concerns([section, name]: Finding['path'], spec: Spec, cell: GridCell): boolean {
  if (section === 'models') return name === cell.model;
  if (section === 'tasks') return name === cell.task;
  if (section === 'datasets')
    return taskSplits(spec.tasks![cell.task]!, []).some(({ reference }) => reference.startsWith(`${name}/`));
  return section === 'runtime';
}

function isRateList(path: Finding['path']): boolean {
  return path[0] === 'methods';
}

function withoutRate({ from }: GridCell, names: readonly string[]): Finding {
  return {
    code: 'MP1004',
    path: ['methods', from],
    at: 'owner',
    message: `the method "${from}" has no learning rate for ${names.map((name) => `"${name}"`).join(', ')}`,
    hint: 'add "learning_rate" to the method',
  };
}

function withoutItems({ task, from }: GridCell): Finding {
  return {
    code: 'MP1004',
    path: ['tasks', task],
    at: 'owner',
    message: `"${task}" lacks the key "train", and the method "${from}" trains`,
    hint: 'name the splits to train on, such as "rad/train"',
  };
}

/** The spec at a sweep point. Training settings are merged last instead, so that nothing more special hides them. */
function sweptSpec(spec: Spec, sweep: Readonly<Record<string, unknown>>): Spec {
  return Object.entries(sweep)
    .filter(([setting]) => !setting.startsWith('training.'))
    .reduce((swept, [setting, value]) => withSetting(swept, setting, value), spec);
}

function isChosen(cell: GridCell, { model, task, methods }: PlanFilter): boolean {
  const chosen = methods === undefined || methods.some((name) => name === cell.method || name === cell.from);
  return chosen && (model === undefined || model === cell.model) && (task === undefined || task === cell.task);
}

/** A filter that names what the spec does not have would leave nothing, without a word. */
function checkFilter(spec: Spec, cells: readonly GridCell[], { model, task, methods = [] }: PlanFilter): Finding[] {
  const known = {
    model: Object.keys(spec.models ?? {}),
    task: Object.keys(spec.tasks ?? {}),
    method: [...new Set([...Object.keys(spec.methods ?? {}), ...cells.map((cell) => cell.method)])],
  };
  const asked = [['model', model], ['task', task], ...methods.map((name) => ['method', name])] as [
    'model' | 'task' | 'method',
    string | undefined,
  ][];
  return asked.flatMap(([what, name]): Finding[] => {
    if (name === undefined || known[what].includes(name)) return [];
    const near = nearest(name, known[what]);
    const hint = near === undefined ? `it has ${known[what].join(', ') || 'none'}` : `did you mean "${near}"?`;
    return [{ code: 'MP1101', path: [], at: 'owner', message: `the spec has no ${what} "${name}"`, hint }];
  });
}

function unique(findings: readonly Finding[]): Finding[] {
  return [
    ...new Map(
      findings.map((finding) => [JSON.stringify([finding.code, finding.path, finding.message]), finding]),
    ).values(),
  ];
}
