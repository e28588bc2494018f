/** What a click on a heading asks for. No DOM in here. */
import type { Arrangement, ResultsTable } from '../../panels/protocol';

/** A first click sorts figures from high to low and words from A to Z; the next turns it round; the third goes back to the report's order. */
export function nextSort(
  { columns, groups }: ResultsTable,
  sort: Arrangement['sort'],
  column: string,
): Arrangement['sort'] {
  const place = columns.findIndex(({ key }) => key === column);
  const figures =
    place > 0 && groups.some(({ rows }) => rows.some(({ cells }) => cells[place]?.figure && cells[place].text !== '–'));
  if (sort?.column !== column) return { column, descending: figures };
  return sort.descending === figures ? { column, descending: !figures } : undefined;
}
