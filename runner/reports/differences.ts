/** Differences between a method's row and the reference's, tested on the items that both answered. */
import path from 'node:path';
import { metricOf, metrics } from '../metrics/registry';
import { predictionFile } from '../runs/layout';
import type { ScoredRun } from './group';
import { holm, mcnemar } from './significance';
import type { Cell, ComparisonColumn, ComparisonRow, Difference } from './table';

export interface RowOfRuns {
  row: ComparisonRow;
  runs: readonly ScoredRun[];
}

/** Fills in `differences` of every row but the reference's. With `holm`, the methods of one column are one family of tests. */
export function addDifferences(
  rows: readonly RowOfRuns[],
  reference: RowOfRuns,
  columns: readonly ComparisonColumn[],
  correction: 'holm' | 'none',
): void {
  for (const [c, column] of columns.entries()) {
    const tested: Difference[] = [];
    for (const one of rows) {
      if (one === reference) continue;
      const difference = differenceOf(one, reference, column, c);
      one.row.differences[c] = difference;
      if (difference?.p !== undefined) tested.push(difference);
    }
    if (correction === 'holm')
      for (const [i, p] of holm(tested.map((difference) => difference.p!)).entries()) tested[i]!.adjustedP = p;
  }
}

function differenceOf(
  one: RowOfRuns,
  reference: RowOfRuns,
  column: ComparisonColumn,
  c: number,
): Difference | undefined {
  const own = scoreOf(one.row.cells[c]);
  const other = scoreOf(reference.row.cells[c]);
  if (own === undefined || other === undefined) return undefined;
  const value = own - other;
  const single = one.runs.length === 1 && reference.runs.length === 1;
  const pairs = single ? discordant(one.runs[0]!, reference.runs[0]!, column) : undefined;
  return pairs ? { value, ...pairs, p: mcnemar(pairs.onlyThis, pairs.onlyReference) } : { value };
}

function scoreOf(cell: Cell | undefined): number | undefined {
  return cell?.value ?? undefined;
}

/** Counts of items that one of two runs got right; undefined unless both kept right or wrong for exactly the same items. */
function discordant(own: ScoredRun, other: ScoredRun, { test, metric }: ComparisonColumn) {
  if (metrics.get(metric)?.scores !== 'proportion') return undefined;
  const mine = itemScores(own, test, metric);
  const theirs = itemScores(other, test, metric);
  if (mine.size === 0 || mine.size !== theirs.size) return undefined;
  let onlyThis = 0;
  let onlyReference = 0;
  for (const [id, score] of mine) {
    const otherScore = theirs.get(id);
    if (otherScore === undefined) return undefined;
    if (score > otherScore) onlyThis++;
    if (score < otherScore) onlyReference++;
  }
  return { onlyThis, onlyReference };
}

/** Item id -> score, of the items that the metric applies to; as stored, or computed for metrics that the run did not keep. */
function itemScores({ predictions }: ScoredRun, test: string, metric: string): Map<string, number> {
  const roles = test === 'validation' ? (['validation'] as const) : (['test', 'transfer'] as const);
  const lines = roles
    .map((role) => predictions.get(path.basename(predictionFile(role, test), '.jsonl')))
    .find((found) => found !== undefined);
  const rule = metricOf(metric);
  const scores = new Map<string, number>();
  for (const { id, prediction, reference, answer_type, scores: stored } of lines ?? []) {
    const item = { answer: reference, answerType: answer_type };
    const score = stored[metric] ?? (rule.applies(item) ? rule.score(prediction, item) : null);
    if (score !== null) scores.set(id, score);
  }
  return scores;
}
