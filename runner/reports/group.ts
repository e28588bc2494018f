/** Which runs may be compared with each other, and which may be averaged as seeds of one another. */
import { createHash } from 'node:crypto';
import type { Prediction } from '../../schemas/generated/prediction';
import type { MetricValues, Result } from '../../schemas/generated/result';
import type { RunSummary } from '../runs';

export interface ScoredRun {
  run: RunSummary;
  result: Result;
  /** By its reader. */
  starred?: boolean;
  /** By file name without `.jsonl`, such as `test-rad-test`. */
  predictions: ReadonlyMap<string, readonly Prediction[]>;
}

/** Same model files, same task name, same test items: their scores stand on the same ground. In the order of the first run. */
export function comparable(runs: readonly ScoredRun[]): ScoredRun[][] {
  return grouped(runs, ({ run: { manifest }, result, predictions }) => ({
    model: [manifest.model, manifest.hashes?.model ?? manifest.resolved.model],
    task: manifest.task,
    scored: Object.entries(result.metrics).map(([split, values]) => [split, itemCounts(values)]),
    items: [...predictions]
      .filter(([name]) => !name.startsWith('validation-'))
      .map(([name, lines]) => [name, itemsHash(lines)]),
  }));
}

/** Runs that differ in nothing but the seed. */
export function replicates(runs: readonly ScoredRun[]): ScoredRun[][] {
  return grouped(runs, ({ run: { manifest } }) => {
    const { method, sweep = {}, resolved, hashes } = manifest;
    return { method, sweep, resolved, data: hashes?.data };
  });
}

/** JSON with the keys in order: equal settings are equal texts. */
export function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

function itemCounts(values: MetricValues): [string, number][] {
  return Object.entries(values).map(([metric, { n }]) => [metric, n]);
}

/** What was asked and what would have been right, whatever was answered. */
function itemsHash(lines: readonly Prediction[]): string {
  const hash = createHash('sha256');
  for (const line of lines.map(({ id, question, reference }) => JSON.stringify([id, question, reference])).sort())
    hash.update(line);
  return hash.digest('hex');
}

function grouped(runs: readonly ScoredRun[], keyOf: (run: ScoredRun) => unknown): ScoredRun[][] {
  const groups = new Map<string, ScoredRun[]>();
  for (const run of [...runs].sort((a, b) => (a.run.manifest.created < b.run.manifest.created ? -1 : 1))) {
    const key = sortedJson(keyOf(run));
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  return [...groups.values()];
}
