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
    const button = element(
      'button',
      { type: 'button', class: 'quiet head', 'data-column': column },
      ...halves(label),
      arrow,
    );
    button.addEventListener('click', () => events.onSort(nextSort(table, sort, column)));
    return element('th', { scope: 'col', 'aria-sort': direction }, button);
  });
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
        element('caption', {}, `${table.caption}. Choose a name to see its answers.`),
        element('thead', {}, element('tr', {}, ...heads)),
        element('tbody', {}, ...rows),
      ),
    ),
    element('ul', { class: 'verdicts' }, ...table.verdicts.map((verdict) => element('li', {}, verdict))),
    element('ul', { class: 'notes' }, ...table.notes.map((note) => element('li', {}, note))),
  );
}

function rowOf(row: TableRow, chosenRun: string | undefined, { onRun }: ComparisonEvents): HTMLElement {
  const opens = (run: string, text: string, name: string) => {
    const button = element(
      'button',
      {
        type: 'button',
        class: 'quiet',
        'data-run': run,
        title: 'Show its answers',
        'aria-label': `Items of ${name}`,
        'aria-pressed': String(run === chosenRun),
      },
      text,
    );
    button.addEventListener('click', () => onRun(run));
    return button;
  };
  const [only] = row.runs;
  const cells = row.cells.map(({ text, sort }, c) => {
    if (c > 0)
      return element('td', { class: typeof sort === 'number' || text === '–' ? 'number' : undefined }, ...halves(text));
    if (row.runs.length === 1 && only) return element('th', { scope: 'row' }, opens(only.run, text, row.label));
    const seeds = row.runs.map(({ run, label }) => opens(run, label, `${row.label}, ${label}`));
    return element('th', { scope: 'row' }, text, ...seeds);
  });
  const chosen = row.runs.some(({ run }) => run === chosenRun);
  return element('tr', { class: row.kind, 'data-chosen': chosen }, ...cells);
}

/** `37.0 [29, 46]` and `overall (n = 119)` may break before the bracket where the table is narrow, and nowhere else. */
function halves(text: string): (Node | string)[] {
  const [, figure, bracket] = /^(.+?) ([[(].*)$/.exec(text) ?? [];
  if (!figure || !bracket) return [text];
  return [figure, ' ', element('span', { class: 'bracket' }, bracket)];
}
