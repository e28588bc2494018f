/** The comparison of methods: a table for each set of runs that may be compared. */
import type { Arrangement, ResultsTable, ResultsViewState, TableRow } from '../../panels/protocol';
import { element } from '../common/dom';
import { t } from '../common/l10n';
import { nextSort } from './sort';

export interface ComparisonEvents {
  onSort(sort: Arrangement['sort']): void;
  /** Shows the answers of this run alone. */
  onRun(run: string): void;
  /** Puts runs beside those that are shown, or takes them away. */
  onBeside(runs: readonly string[], beside: boolean): void;
  onStar(runs: string[], starred: boolean): void;
}

export function comparison(table: ResultsTable, view: ResultsViewState, events: ComparisonEvents): HTMLElement {
  const { sort } = view.arrangement;
  const heads = table.columns.map(({ key, head }) => {
    const sorted = sort?.column === key ? sort : undefined;
    const direction = sorted ? (sorted.descending ? 'descending' : 'ascending') : 'none';
    const arrow = sorted ? (sorted.descending ? ' ↓' : ' ↑') : '';
    const button = element(
      'button',
      { type: 'button', class: 'quiet head', 'data-focus': `column ${key}` },
      ...halves(head),
      arrow,
    );
    button.addEventListener('click', () => events.onSort(nextSort(table, sort, key)));
    return element('th', { scope: 'col', 'aria-sort': direction, 'data-column': key }, button);
  });
  const marks = element(
    'th',
    { scope: 'col', class: 'marks' },
    element('span', { class: 'visually-hidden' }, t('marks')),
  );
  const width = table.columns.length + 1;
  const bodies = table.groups.map(({ name, rows }) =>
    element(
      'tbody',
      {},
      name !== undefined &&
        element('tr', { class: 'group' }, element('th', { scope: 'rowgroup', colspan: width }, groupHead(view, name))),
      ...rows.map((row) => rowOf(row, view.runs, events)),
    ),
  );
  return element(
    'div',
    { class: 'scroll' },
    element(
      'table',
      { class: 'comparison' },
      element(
        'caption',
        {},
        t('{0}. Choose a name to see its answers, two or more boxes to compare them.', table.caption),
      ),
      element('thead', {}, element('tr', {}, marks, ...heads)),
      ...bodies,
      element('tbody', { class: 'baselines' }, ...table.baselines.map((row) => rowOf(row, view.runs, events))),
    ),
  );
}

function groupHead({ arrangement: { group = '' } }: ResultsViewState, value: string): string {
  return `${group.split('.').at(-1)}: ${value}`;
}

function rowOf(row: TableRow, chosen: readonly string[], events: ComparisonEvents): HTMLElement {
  const opens = (run: string, text: string, name: string) => {
    const button = element(
      'button',
      {
        type: 'button',
        class: 'quiet',
        'data-focus': `run ${run}`,
        title: t('Show its answers'),
        'aria-label': t('Items of {0}', name),
        'aria-pressed': String(chosen.includes(run)),
      },
      text,
    );
    button.addEventListener('click', () => events.onRun(run));
    return button;
  };
  const [only] = row.runs;
  const [name, ...cells] = row.cells;
  const head =
    row.runs.length === 1 && only
      ? [opens(only.run, name!.text, row.label)]
      : [name!.text, ...row.runs.map(({ run, label }) => opens(run, label, `${row.label}, ${label}`))];
  return element(
    'tr',
    {
      class: row.kind,
      'data-reference': row.reference,
      'data-chosen': row.runs.some(({ run }) => chosen.includes(run)),
    },
    element('td', { class: 'marks' }, ...marksOf(row, chosen, events)),
    element('th', { scope: 'row' }, ...head),
    ...cells.map(({ text, figure }) => element('td', { class: figure ? 'number' : undefined }, ...halves(text))),
  );
}

/** A box that puts the row's first run beside others, and a star. */
function marksOf({ runs, label, starred }: TableRow, chosen: readonly string[], events: ComparisonEvents) {
  const [first] = runs;
  if (!first) return [];
  const box = element('input', {
    type: 'checkbox',
    'data-focus': `box ${first.run}`,
    'aria-label': t('Compare the answers of {0}', label),
    title: t('Compare its answers'),
  });
  box.checked = runs.some(({ run }) => chosen.includes(run));
  box.addEventListener('change', () =>
    events.onBeside(box.checked ? [first.run] : runs.map(({ run }) => run), box.checked),
  );
  const star = element(
    'button',
    {
      type: 'button',
      class: 'quiet star',
      'data-focus': `star ${first.run}`,
      'aria-pressed': String(starred),
      'aria-label': t('Star {0}', label),
      title: starred ? t('Take the star off') : t('Star it: kept in its run folder'),
    },
    starred ? '★' : '☆',
  );
  star.addEventListener('click', () =>
    events.onStar(
      runs.map(({ run }) => run),
      !starred,
    ),
  );
  return [box, star];
}

/** `37.0 [29, 46]` and `overall (n = 119)` may break before the bracket where the table is narrow, and nowhere else. */
function halves(text: string): (Node | string)[] {
  const [, figure, bracket] = /^(.+?) ([[(].*)$/.exec(text) ?? [];
  if (!figure || !bracket) return [text];
  return [figure, ' ', element('span', { class: 'bracket' }, bracket)];
}
