/** The comparison of methods: a table for each set of runs that may be compared. */
import type { ResultsTable, TableRow } from '../../panels/protocol';
import { element } from '../common/dom';
import { nextSort, type Sort, sortedRows } from './sort';

export interface ComparisonEvents {
  onSort(sort: Sort | undefined): void;
  onRun(run: string): void;
}

export function comparison(
  table: ResultsTable,
  sort: Sort | undefined,
  chosenRun: string | undefined,
  events: ComparisonEvents,
): HTMLElement {
  const heads = table.columns.map((label, column) => {
    const sorted = sort?.column === column ? sort : undefined;
    const direction = sorted ? (sorted.descending ? 'descending' : 'ascending') : 'none';
    const arrow = sorted ? (sorted.descending ? ' ↓' : ' ↑') : '';
    const button = element('button', { type: 'button', class: 'quiet head', 'data-column': column }, label + arrow);
    button.addEventListener('click', () => events.onSort(nextSort(table, sort, column)));
    return element('th', { scope: 'col', 'aria-sort': direction }, button);
  });
  heads.splice(1, 0, element('th', { scope: 'col' }, 'items'));
  const rows = sortedRows(table, sort).map((row) => rowOf(row, chosenRun, events));
  return element(
    'section',
    {},
    element(
      'div',
      { class: 'scroll' },
      element(
        'table',
        { class: 'comparison' },
        element('caption', {}, table.caption),
        element('thead', {}, element('tr', {}, ...heads)),
        element('tbody', {}, ...rows),
      ),
    ),
    element('ul', { class: 'verdicts' }, ...table.verdicts.map((verdict) => element('li', {}, verdict))),
    element('ul', { class: 'notes' }, ...table.notes.map((note) => element('li', {}, note))),
  );
}

function rowOf(row: TableRow, chosenRun: string | undefined, { onRun }: ComparisonEvents): HTMLElement {
  const buttons = row.runs.map(({ run, label }) => {
    const text = row.runs.length > 1 ? label : 'look into';
    const button = element(
      'button',
      {
        type: 'button',
        class: 'quiet',
        'data-run': run,
        'aria-label': `Items of ${row.label}${row.runs.length > 1 ? `, ${label}` : ''}`,
        'aria-pressed': String(run === chosenRun),
      },
      text,
    );
    button.addEventListener('click', () => onRun(run));
    return button;
  });
  const cells = row.cells.map(({ text, sort }, c) =>
    c === 0
      ? element('th', { scope: 'row' }, text)
      : element('td', { class: typeof sort === 'number' || text === '–' ? 'number' : undefined }, text),
  );
  cells.splice(1, 0, element('td', {}, ...buttons));
  const chosen = row.runs.some(({ run }) => run === chosenRun);
  return element('tr', { class: row.kind, 'data-chosen': chosen }, ...cells);
}
