/** Differences between a method's row and the reference's, tested on the items that both answered. */
import type { ScoredRun } from './group';
import { statisticsOf } from './item_statistics';
import { holm, mcnemar, pairedPermutation } from './significance';
import type { ComparisonColumn, ComparisonRow, Difference } from './table';

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
    const other = statisticsOf(reference.runs, column);
    for (const one of rows) {
      if (one === reference) continue;
      const own = one.row.cells[c]?.value ?? undefined;
      const beside = reference.row.cells[c]?.value ?? undefined;
      if (own === undefined || beside === undefined) continue;
      const difference = { value: own - beside, ...testOf(statisticsOf(one.runs, column), other) };
      one.row.differences[c] = difference;
      if (difference.p !== undefined) tested.push(difference);
    }
    if (correction === 'holm')
      for (const [i, p] of holm(tested.map((difference) => difference.p!)).entries()) tested[i]!.adjustedP = p;
  }
}

type Statistics = ReturnType<typeof statisticsOf>;

/** Of two rows' statistics of one column: McNemar's test of scores that are 0 or 1, else a paired permutation test; none unless both were kept for exactly the same items. */
export function testOf(own: Statistics, other: Statistics): Omit<Difference, 'value'> {
  if (!own || !other || own.rows.size === 0 || own.rows.size !== other.rows.size) return {};
  const pairs: [ArrayLike<number>, ArrayLike<number>][] = [];
  for (const [id, row] of own.rows) {
    const same = other.rows.get(id);
    if (!same) return {};
    pairs.push([row, same]);
  }
  if (!own.binary || !other.binary) {
    const [first, second] = [pairs.map(([row]) => row), pairs.map(([, row]) => row)];
    return { test: 'permutation', p: pairedPermutation(first, second, own.value) };
  }
  const onlyThis = pairs.filter(([mine, theirs]) => mine[0]! > theirs[0]!).length;
  const onlyReference = pairs.filter(([mine, theirs]) => mine[0]! < theirs[0]!).length;
  return { test: 'mcnemar', onlyThis, onlyReference, p: mcnemar(onlyThis, onlyReference) };
}
