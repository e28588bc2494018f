/** What the pages decide without a document: filters, order, and what is in sight. */
import { describe, expect, it } from 'vitest';
import type { ItemSet, ResultsTable, TableRow } from '../../../client/panels/protocol';
import { opaque } from '../../../client/webview/common/colour';
import { filterItems, noFilter, verdictOf } from '../../../client/webview/results/filter';
import { nextSort, sortedRows } from '../../../client/webview/results/sort';
import { visibleRange } from '../../../client/webview/results/visibleRange';

const item = (id: string, score: number | null, answerType: 'closed' | 'open', question = 'Is it normal?') => ({
  id,
  question,
  reference: 'yes',
  prediction: 'no',
  answerType,
  scores: { exact_match: score },
});
const set: ItemSet = {
  id: 'test',
  label: 'test',
  metric: 'exact_match',
  items: [
    item('a', 1, 'closed'),
    item('b', 0, 'open', 'Which Lobe?'),
    item('c', 0.5, 'open'),
    item('d', null, 'closed'),
  ],
};

describe('filterItems', () => {
  it.each([
    { filter: {}, ids: 'a b c d' },
    { filter: { verdict: 'right' as const }, ids: 'a' },
    { filter: { verdict: 'wrong' as const }, ids: 'b c' },
    { filter: { answerType: 'open' as const }, ids: 'b c' },
    { filter: { text: 'LOBE which' }, ids: 'b' },
    { filter: { text: 'lobe', verdict: 'right' as const }, ids: '' },
  ])('$filter', ({ filter, ids }) => {
    expect(filterItems(set, { ...noFilter, ...filter }).map(({ id }) => id)).toEqual(ids.split(' ').filter(Boolean));
  });

  it('judges by the deciding metric, and not at all without one', () => {
    expect(set.items.map((one) => verdictOf(one, 'exact_match'))).toEqual(['right', 'wrong', 'partly', 'unscored']);
    expect(verdictOf(set.items[0]!, undefined)).toBe('unscored');
  });
});

const row = (label: string, kind: TableRow['kind'], score: number | null): TableRow => ({
  label,
  kind,
  cells: [
    { text: label, sort: label },
    { text: String(score), sort: score },
  ],
  runs: [],
});
const table: ResultsTable = {
  caption: '',
  columns: ['method', 'overall'],
  verdicts: [],
  notes: [],
  rows: [
    row('base', 'base', 0.3),
    row('lora', 'method', null),
    row('attention', 'method', 0.5),
    row('constant', 'baseline', 0.9),
  ],
};
const labels = (column: number, descending: boolean) =>
  sortedRows(table, { column, descending }).map(({ label }) => label);

describe('sorting the comparison', () => {
  it('keeps rows without a value last, and baselines below, either way', () => {
    expect(labels(1, true)).toEqual(['attention', 'base', 'lora', 'constant']);
    expect(labels(1, false)).toEqual(['base', 'attention', 'lora', 'constant']);
    expect(labels(0, false)).toEqual(['attention', 'base', 'lora', 'constant']);
    expect(sortedRows(table, undefined).map(({ label }) => label)).toEqual(['base', 'lora', 'attention', 'constant']);
  });

  it('turns figures high to low first, then round, then back to the order of the report', () => {
    const first = nextSort(table, undefined, 1);
    const second = nextSort(table, first, 1);
    expect([first, second, nextSort(table, second, 1)]).toEqual([
      { column: 1, descending: true },
      { column: 1, descending: false },
      undefined,
    ]);
    expect(nextSort(table, first, 0)).toEqual({ column: 0, descending: false });
  });
});

describe('visibleRange', () => {
  it.each([
    { top: 0, count: 30_000, range: [0, 16] },
    { top: 56 * 1000, count: 30_000, range: [994, 1016] },
    { top: 56 * 30_000, count: 30_000, range: [29_994, 30_000] },
    { top: 0, count: 3, range: [0, 3] },
    { top: 56 * 500, count: 3, range: [3, 3] },
    { top: 0, count: 0, range: [0, 0] },
  ])('at $top of $count rows', ({ top, count, range }) => {
    const { from, to } = visibleRange(top, 560, 56, count, 6);
    expect([from, to]).toEqual(range);
  });
});

describe('opaque', () => {
  it.each([
    ['#ea5c0055', '#ea5c00'],
    ['#ea5c00', '#ea5c00'],
    ['#abcd', '#abc'],
    ['#abc', '#abc'],
    ['rgba(234, 92, 0, 0.3)', 'rgb(234, 92, 0)'],
    ['CanvasText', 'CanvasText'],
  ])('%s', (colour, expected) => {
    expect(opaque(colour)).toBe(expected);
  });
});
