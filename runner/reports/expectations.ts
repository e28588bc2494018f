/** Checks the `expect` entries of a spec against the results of its runs. Pure: used by the command line and by the Test Explorer alike. */
import type { Result } from '../../schemas/generated/result';
import type { Expectation, Spec } from '../../schemas/generated/spec';
import type { PlannedRun } from '../plan/types';
import { expandMethods } from '../spec/combine';

/** A planned run, and what it reached if it is finished. */
export interface ExpectedRun {
  id: string;
  model: string;
  task: string;
  method: string;
  /** Key in the spec's `methods`: another name than the method's where that is a cell of a grid (`combine`). */
  grid?: string;
  seed: number;
  sweep?: Record<string, unknown>;
  /** Nothing is trained: its one run stands for every seed. */
  untuned?: boolean;
  /** The splits that the run's task tests on, in domain and out of it. */
  tests: readonly string[];
  result?: Result;
}

/** What expectations ask of the planned runs of a spec. */
export function expectedRuns(
  spec: Spec,
  planned: readonly PlannedRun[],
  resultOf: (run: PlannedRun) => Result | undefined = () => undefined,
): ExpectedRun[] {
  const grids = new Map(expandMethods(spec.methods ?? {}).map(({ name, from }) => [name, from]));
  return planned.map((run) => ({
    id: run.id,
    model: run.modelName,
    task: run.taskName,
    method: run.methodName,
    grid: grids.get(run.methodName),
    seed: run.seed,
    sweep: run.sweep,
    untuned: Object.keys(run.method.components).length === 0,
    tests: [...(run.task.test ?? []), ...(run.task.transfer ?? [])],
    result: resultOf(run),
  }));
}

/**
 * `pending`: a run that it needs is not finished. `missing`: no such run, or its result holds no such number.
 * Neither is a pass or a failure.
 */
export type ExpectationStatus = 'passed' | 'failed' | 'pending' | 'missing';

export interface ExpectationCheck {
  /** Position of the entry in the spec's `expect`. */
  index: number;
  /** Runs whose values are judged (several when seeds are joined); the reference of `better_than` is not among them. */
  runs: readonly string[];
  status: ExpectationStatus;
  /** What is demanded, without the run: `closed_accuracy on rad/test ≥ 0.6`. */
  label: string;
  /** Subject and demanded value, subject and reached value, each on a line of its own for a diff; `actual` is absent unless passed or failed. */
  expected: string;
  actual?: string;
  /** One sentence for people. */
  message: string;
}

/** One check for each entry and each run it covers (each group of seeds, with `over_seeds`), in the order of the spec. */
export function checkExpectations(
  expectations: readonly Expectation[],
  runs: readonly ExpectedRun[],
): ExpectationCheck[] {
  return expectations.flatMap((expectation, index) => {
    const covered = runs.filter((run) => covers(expectation, run));
    if (covered.length === 0) return [matchesNothing(expectation, index)];
    const groups = expectation.over_seeds ? groupBySeeds(covered) : covered.map((run) => [run]);
    return groups.map((group) => checkGroup(expectation, index, group, runs));
  });
}

/** `closed_accuracy on rad/test ≥ 0.6`; the same for every run that the entry covers. */
export function expectationLabel(expectation: Expectation): string {
  const bounds = [
    expectation.at_least !== undefined ? `≥ ${expectation.at_least}` : '',
    expectation.at_most !== undefined ? `≤ ${expectation.at_most}` : '',
    expectation.better_than !== undefined ? `> ${expectation.better_than}` : '',
  ].filter(Boolean);
  return `${subject(expectation)} ${bounds.join(' and ')}`;
}

function subject({ over_seeds, metric, test }: Expectation): string {
  return `${over_seeds ? `${over_seeds} ` : ''}${metric} on ${test}`;
}

function covers({ model, task, method, test }: Expectation, run: ExpectedRun): boolean {
  return (
    named(model, run.model) && named(task, run.task) && named(method, run.method, run.grid) && run.tests.includes(test)
  );
}

/** An absent filter covers every name. */
function named(filter: string | readonly string[] | undefined, ...names: (string | undefined)[]): boolean {
  return filter === undefined || [filter].flat().some((name) => names.includes(name));
}

/** Runs that differ in nothing but the seed. */
function groupBySeeds(runs: readonly ExpectedRun[]): ExpectedRun[][] {
  const groups = new Map<string, ExpectedRun[]>();
  for (const run of runs) {
    const key = JSON.stringify([run.model, run.task, run.method, run.sweep ?? {}]);
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  return [...groups.values()];
}

function checkGroup(
  expectation: Expectation,
  index: number,
  group: readonly ExpectedRun[],
  all: readonly ExpectedRun[],
): ExpectationCheck {
  const label = expectationLabel(expectation);
  const base = { index, runs: group.map((run) => run.id), label, expected: label };
  const reached = joinedValue(expectation, group);
  if (typeof reached !== 'number') return { ...base, ...reached };
  const bounds: { sign: string; value: number; name?: string; holds: boolean }[] = [];
  const { at_least, at_most, better_than } = expectation;
  if (at_least !== undefined) bounds.push({ sign: '≥', value: at_least, holds: reached >= at_least });
  if (at_most !== undefined) bounds.push({ sign: '≤', value: at_most, holds: reached <= at_most });
  if (better_than !== undefined) {
    const reference = referenceGroup(better_than, group, all);
    if (reference.length < group.length)
      return { ...base, status: 'missing', message: `\`better_than\`: no run of ${better_than} matches this one.` };
    const value = joinedValue(expectation, reference);
    if (typeof value !== 'number') return { ...base, ...value };
    bounds.push({ sign: '>', value, name: better_than, holds: reached > value });
  }
  const broken = bounds.filter((bound) => !bound.holds);
  const demand = (of: typeof bounds) =>
    of.map(({ sign, value, name }) => `${sign} ${format(value)}${name ? ` (${name})` : ''}`).join(' and ');
  return {
    ...base,
    status: broken.length === 0 ? 'passed' : 'failed',
    expected: `${subject(expectation)}\n${demand(bounds)}`,
    actual: `${subject(expectation)}\n= ${format(reached)}${sampleSize(expectation, group)}`,
    message:
      broken.length === 0
        ? `${subject(expectation)} is ${format(reached)}${sampleSize(expectation, group)}, as expected ${demand(bounds)}.`
        : `${subject(expectation)} is ${format(reached)}, expected ${demand(broken)}.`,
  };
}

/** For each run of the group the reference method's run that differs from it in nothing else. */
function referenceGroup(method: string, group: readonly ExpectedRun[], all: readonly ExpectedRun[]): ExpectedRun[] {
  return group.flatMap((run) =>
    all.filter(
      (other) =>
        other.method === method &&
        other.model === run.model &&
        other.task === run.task &&
        (other.seed === run.seed || other.untuned === true) &&
        JSON.stringify(other.sweep ?? {}) === JSON.stringify(run.sweep ?? {}),
    ),
  );
}

/** The joined value, or why there is none yet. */
function joinedValue(
  { test, metric, over_seeds }: Expectation,
  group: readonly ExpectedRun[],
): number | Pick<ExpectationCheck, 'status' | 'message'> {
  const values: number[] = [];
  for (const run of group) {
    if (!run.result) return { status: 'pending', message: `${run.id} is not finished.` };
    const value = run.result.metrics[test]?.[metric]?.value;
    if (typeof value !== 'number')
      return { status: 'missing', message: `The result of ${run.id} holds no ${metric} on ${test}.` };
    values.push(value);
  }
  if (over_seeds === 'min') return Math.min(...values);
  if (over_seeds === 'max') return Math.max(...values);
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Four digits after the point, without trailing zeros. */
function format(value: number): string {
  return String(Number(value.toFixed(4)));
}

/** What the number stands on: items and interval of a single run, or the number of seeds. */
function sampleSize({ test, metric, over_seeds }: Expectation, group: readonly ExpectedRun[]): string {
  if (over_seeds) return ` (${group.length} ${group.length === 1 ? 'seed' : 'seeds'})`;
  const found = group[0]?.result?.metrics[test]?.[metric];
  if (!found) return '';
  const interval =
    found.low !== undefined && found.high !== undefined
      ? `, 95 % interval ${format(found.low)} to ${format(found.high)}`
      : '';
  return ` (n = ${found.n}${interval})`;
}

function matchesNothing(expectation: Expectation, index: number): ExpectationCheck {
  const label = expectationLabel(expectation);
  return {
    index,
    runs: [],
    status: 'missing',
    label,
    expected: label,
    message: `No run of this spec matches the expectation: check model, task, method and test.`,
  };
}
