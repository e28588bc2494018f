/** Spec -> runs: each cell of the grid is checked, resolved and given its identity. */
import type { Spec } from '../../schemas/generated/spec';
import type { Diagnostic, MedpeftError } from '../errors';
import { select } from '../methods/select';
import type { Selection } from '../methods/types';
import type { Checkpoint } from '../models';
import { byPlace } from '../spec/load';
import { placesOf } from '../spec/places';
import { diagnose, type Finding, uniqueFindings } from '../spec/report';
import { withSetting } from '../spec/rules/sweep';
import type { SpecFile } from '../spec/types';
import { type GridCell, gridOf, sweepPoints } from './cells';
import { countParameters } from './counts';
import { checkEntries } from './entries';
import { memoryEstimator } from './estimate';
import { checkFilter, isChosen, type PlanFilter } from './filter';
import { describeMatches } from './matches';
import { prepare } from './prepare';
import { resolveRun } from './resolve';
import { openResources, type Resources, type TaskData } from './resources';
import { stepCounter } from './steps';
import type { PlannedRun } from './types';

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
  /** Runs of the spec that the filter does not ask for, where these were asked for, too. */
  beside: PlannedRun[];
}

/** What a run was planned from. */
export interface RunParts {
  checkpoint: Checkpoint;
  selection: Selection;
  data: TaskData;
}

export interface PlanOptions {
  /** Plan also what the filter leaves out; what is wrong there is not told. */
  beside?: boolean;
  /** Is handed what each run was planned from. */
  each?(run: PlannedRun, parts: RunParts): void;
  /** What the spec names on disk, where it has been opened already. */
  resources?: Resources;
}

/**
 * Plans every run of a spec. Reads the heads of checkpoints and the records of data sets, but no weights and no pixels.
 * Never throws for bad user input: what cannot be planned is in `excluded`, with a diagnostic of severity `error`.
 */
export async function planRuns(
  { file, text, tree, spec, bases, diagnostics: loaded }: SpecFile,
  filter: PlanFilter = {},
  options: PlanOptions = {},
): Promise<Plan> {
  if (!spec || loaded.some(({ severity }) => severity === 'error'))
    return { runs: [], excluded: [], diagnostics: loaded, beside: [] };
  const grid = gridOf(spec);
  const findings: Finding[] = checkFilter(spec, grid.cells, filter);
  const planned = await planCells(spec, file, grid.cells, filter, options);
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
  const located = uniqueFindings(findings).map((finding) => diagnose(finding, places, bases.length > 0));
  // What was a warning while the spec was written is an error for the runs that need it.
  const kept = loaded.filter(({ code }) => code !== 'MP1106');
  return {
    runs: planned.runs,
    beside: planned.beside,
    excluded: [...excludedBySpec, ...planned.excluded],
    diagnostics: [...kept, ...located].sort(byPlace),
  };
}

async function planCells(
  spec: Spec,
  specFile: string,
  cells: readonly GridCell[],
  filter: PlanFilter,
  { beside: withBeside = false, each, resources = openResources(specFile) }: PlanOptions,
) {
  const runs = new Map<string, PlannedRun>();
  const beside = new Map<string, PlannedRun>();
  const excluded = new Map<string, ExcludedCell>();
  const findings: Finding[] = [];
  const stepsOf = stepCounter();
  const estimate = memoryEstimator();
  const points = sweepPoints(spec.sweep).map((sweep) => {
    const swept = sweptSpec(spec, sweep);
    return { sweep, swept, entries: checkEntries(swept, cells, resources) };
  });
  for (const cell of cells) {
    const cellIsChosen = isChosen(cell, filter);
    if (!cellIsChosen && !withBeside) continue;
    for (const { sweep, swept, entries } of points) {
      const prepared = await prepare(swept, cell, sweep, resources, entries);
      if ('problems' in prepared) {
        if (!cellIsChosen) continue;
        findings.push(...prepared.problems);
        const { model, task, method } = cell;
        const reason = `${prepared.problems[0]!.code}: ${prepared.problems[0]!.message}`;
        excluded.set(`${model} ${task} ${method} ${reason}`, { model, task, method, reason });
        continue;
      }
      const { checkpoint, data, ...parts } = prepared;
      for (const { seed, chosen } of seedsOf(spec, cellIsChosen ? filter : {}, parts.tuned.length > 0)) {
        const into = cellIsChosen && chosen ? runs : beside;
        if (into === beside && !withBeside) continue;
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
        if (runs.has(run.id) || beside.has(run.id)) continue;
        const selection = select(checkpoint.parameters, run);
        const memory = estimate(run, { checkpoint, selection, data });
        if (memory && 'refused' in memory && cellIsChosen) findings.push(tooLong(cell, memory.refused));
        const planned = {
          ...run,
          parameters: countParameters(checkpoint.parameters, selection),
          matches: describeMatches(selection, checkpoint.parameters),
          steps: stepsOf(run, data),
          memory: memory && 'refused' in memory ? undefined : memory,
        };
        into.set(run.id, planned);
        each?.(planned, { checkpoint, selection, data });
      }
    }
  }
  return {
    runs: [...runs.values()],
    beside: [...beside.values()],
    excluded: [...excluded.values()],
    findings,
  };
}

/**
 * Seeds of a cell, those that are asked for first. Nothing in an untuned model is left to chance: one run, with the spec's first seed,
 * answers for every seed, also for those that are asked for in place of the spec's.
 */
function seedsOf(spec: Spec, filter: PlanFilter, tunes: boolean): { seed: number; chosen: boolean }[] {
  const own = spec.seeds ?? [0];
  if (!tunes) return own.slice(0, 1).map((seed) => ({ seed, chosen: true }));
  const asked = filter.seeds ?? own;
  const others = own.filter((seed) => !asked.includes(seed));
  return [...asked.map((seed) => ({ seed, chosen: true })), ...others.map((seed) => ({ seed, chosen: false }))];
}

/** Lengths are estimated from words: what is too long for the model by them may just fit, so the run decides. */
function tooLong({ from }: GridCell, { code, message, hint }: MedpeftError): Finding {
  return {
    code,
    severity: 'warning',
    path: ['methods', from],
    at: 'key',
    message: `by an estimate from words, ${message}`,
    ...(hint === undefined ? {} : { hint }),
  };
}

/** The spec at a sweep point. Training settings are merged last instead, so that nothing more special hides them. */
function sweptSpec(spec: Spec, sweep: Readonly<Record<string, unknown>>): Spec {
  return Object.entries(sweep)
    .filter(([setting]) => !setting.startsWith('training.'))
    .reduce((swept, [setting, value]) => withSetting(swept, setting, value), spec);
}
