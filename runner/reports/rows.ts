/** Rows of a comparison: one for each method and sweep point, over its seeds, and one for each baseline. */
import type { MetricValues } from '../../schemas/generated/result';
import type { RowOfRuns } from './differences';
import { type ScoredRun, sortedJson } from './group';
import { leavesOf, settingsOfRun } from './row_settings';
import type { Cell, ComparisonColumn, ComparisonRow } from './table';

/** Test splits and their metrics as scored; of runs without a test split, the validation's. */
export function columnsOf({ run, result }: ScoredRun): ComparisonColumn[] {
  const tests = Object.entries(result.metrics);
  const scored = tests.length > 0 ? tests : Object.entries(result.validation ? { validation: result.validation } : {});
  const { transfer } = run.manifest.resolved.task;
  const roleOf = (test: string): ComparisonColumn['role'] =>
    tests.length === 0 ? 'validation' : Array.isArray(transfer) && transfer.includes(test) ? 'transfer' : 'test';
  const skippedOf = (test: string): Pick<ComparisonColumn, 'skipped'> => {
    const reasons = Object.values(result.skipped?.[test] ?? {});
    return reasons.length > 0 ? { skipped: reasons.reduce((sum, count) => sum + count, 0) } : {};
  };
  return scored.flatMap(([test, values]) =>
    Object.keys(values).map((metric) => ({ test, metric, role: roleOf(test), ...skippedOf(test) })),
  );
}

/** @param seeds runs that differ in nothing but the seed. */
export function methodRow(seeds: readonly ScoredRun[], columns: readonly ComparisonColumn[]): ComparisonRow {
  const { counts } = seeds[0]!.result;
  const memory = seeds.map(({ result }) => result.peak_memory_bytes).filter((bytes) => bytes !== undefined);
  return {
    kind: counts.trainable === 0 ? 'base' : 'method',
    label: nameOf(seeds[0]!),
    settings: settingsOfRun(seeds[0]!.run),
    ...(seeds.some(({ starred }) => starred) ? { starred: true } : {}),
    folders: seeds.map(({ run }) => run.folder),
    seeds: seeds.map(({ run }) => run.manifest.seed),
    trainable: counts.trainable,
    percent: counts.percent,
    cells: columns.map((column) => cellOf(seeds, column, scoresOf)),
    differences: columns.map(() => undefined),
    blank: columns.map((column) => cellOf(seeds, column, blankScoresOf)),
    drops: columns.map(() => undefined),
    seconds: mean(seeds.map(({ result }) => result.seconds)),
    ...(memory.length > 0 ? { peakMemoryBytes: Math.max(...memory) } : {}),
    remarks: [],
  };
}

function nameOf({ run: { manifest } }: ScoredRun): string {
  const sweep = Object.entries(manifest.sweep ?? {}).map(([setting, value]) => `${setting}=${JSON.stringify(value)}`);
  return [manifest.method, ...sweep].join(' ');
}

/** Rows of one name are told apart by the settings in which they differ; where these are many, by the end of their run's id. */
export function tellApart(rows: readonly RowOfRuns[]): void {
  for (const label of new Set(rows.map(({ row }) => row.label))) {
    const same = rows.filter(({ row }) => row.label === label);
    if (same.length === 1) continue;
    const settings = same.map(({ runs: [first] }) => leavesOf(first!.run.manifest.resolved));
    const paths = [...new Set(settings.flatMap((leaves) => [...leaves.keys()]))];
    const different = paths.filter((path) => new Set(settings.map((leaves) => leaves.get(path))).size > 1);
    for (const [i, { row }] of same.entries())
      row.label +=
        different.length === 0 || different.length > 2
          ? ` (${row.folders[0]!.slice(-6)})`
          : different.map((path) => ` ${path}=${settings[i]!.get(path) ?? 'none'}`).join('');
  }
}

type Scores = (run: ScoredRun, test: string) => MetricValues | undefined;

const scoresOf: Scores = ({ result }, test) => (test === 'validation' ? result.validation : result.metrics[test]);
const blankScoresOf: Scores = ({ result }, test) => result.controls?.blank_image?.metrics[test];

function cellOf(seeds: readonly ScoredRun[], { test, metric }: ComparisonColumn, scores: Scores): Cell | undefined {
  const values = seeds.flatMap((run) => scores(run, test)?.[metric] ?? []);
  const [first] = values;
  if (!first || values.length < seeds.length) return undefined;
  if (values.length === 1) return { ...first };
  const reached = values.flatMap(({ value }) => value ?? []);
  if (reached.length < values.length) return { value: null, n: first.n };
  const center = mean(reached);
  const variance = reached.reduce((sum, score) => sum + (score - center) ** 2, 0) / (reached.length - 1);
  return { value: center, n: first.n, sd: Math.sqrt(variance) };
}

/** The baselines that the runs recorded. Runs that trained on different items have different ones: each stands once. */
export function baselineRows(runs: readonly ScoredRun[], columns: readonly ComparisonColumn[]): ComparisonRow[] {
  const rows = new Map<string, ComparisonRow>();
  for (const { result } of runs)
    for (const [id, baseline] of Object.entries(result.baselines ?? {})) {
      const key = sortedJson([id, baseline]);
      if (rows.has(key)) continue;
      rows.set(key, {
        kind: 'baseline',
        label: id,
        settings: {},
        ...(baseline.description ? { description: baseline.description } : {}),
        folders: [],
        seeds: [],
        cells: columns.map(({ test, metric }) => baseline.metrics[test]?.[metric]),
        differences: columns.map(() => undefined),
        blank: columns.map(() => undefined),
        drops: columns.map(() => undefined),
        remarks: [],
      });
    }
  return [...rows.values()];
}

/** Fills in how much each row loses out of domain: against the first in-domain split, by the same metric. Never a mean over test sets. */
export function addDrops(rows: readonly ComparisonRow[], columns: readonly ComparisonColumn[]): string | undefined {
  const domain = columns.find(({ role }) => role === 'test')?.test;
  if (domain === undefined || !columns.some(({ role }) => role === 'transfer')) return undefined;
  for (const [c, { role, metric }] of columns.entries()) {
    if (role !== 'transfer') continue;
    const home = columns.findIndex((column) => column.test === domain && column.metric === metric);
    for (const { cells, drops } of rows) {
      const [inside, outside] = [cells[home]?.value, cells[c]?.value];
      if (inside != null && outside != null) drops[c] = inside - outside;
    }
  }
  return domain;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
