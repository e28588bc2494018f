/** Order of the table's rows. No DOM in here. */
import type { ResultsTable, TableRow } from '../../panels/protocol';

export interface Sort {
  column: number;
  descending: boolean;
}

/** Methods by the column, rows without a value last; baselines below them in their own order, whatever the sorting. */
export function sortedRows({ rows }: ResultsTable, sort: Sort | undefined): TableRow[] {
  const methods = rows.filter(({ kind }) => kind !== 'baseline');
  const baselines = rows.filter(({ kind }) => kind === 'baseline');
  if (sort) methods.sort((a, b) => compare(a, b, sort));
  return [...methods, ...baselines];
}

function compare(a: TableRow, b: TableRow, { column, descending }: Sort): number {
  const x = a.cells[column]?.sort ?? null;
  const y = b.cells[column]?.sort ?? null;
  if (x === null || y === null) return Number(x === null) - Number(y === null);
  const order = typeof x === 'number' && typeof y === 'number' ? x - y : String(x).localeCompare(String(y));
  return descending ? -order : order;
}

/** A first click sorts figures from high to low and words from A to Z; the next turns it round; the third goes back to the report's order. */
export function nextSort(table: ResultsTable, sort: Sort | undefined, column: number): Sort | undefined {
  const figures = table.rows.some(({ cells }) => typeof cells[column]?.sort === 'number');
  if (sort?.column !== column) return { column, descending: figures };
  return sort.descending === figures ? { column, descending: !figures } : undefined;
}
