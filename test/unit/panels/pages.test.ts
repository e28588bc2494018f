/** What the pages decide without a document: filters, order, and what is in sight. */
import { describe, expect, it } from 'vitest';
import type {
  ItemFilter,
  ItemSet,
  Note,
  ResultItem,
  ResultsTable,
  TableRow,
  Verdict,
} from '../../../client/panels/protocol';
import { opaque } from '../../../client/webview/common/colour';
import { facetsOf, filterItems, noFilter } from '../../../client/webview/results/filter';
import { nextSort } from '../../../client/webview/results/sort';
import { visibleRange } from '../../../client/webview/results/visibleRange';
import { wordDiff } from '../../../client/webview/results/wordDiff';

const answer = (verdict: Verdict, note?: Note) => ({
  prediction: 'no',
  verdict,
  scores: {},
  ...(note ? { note } : {}),
});
const item = (id: string, verdicts: Verdict[], type: 'closed' | 'open', question = 'Is it normal?'): ResultItem => ({
  id,
  question,
  reference: 'yes',
  facets: { 'answer type': type, organ: `organ ${id}`, same: 'x' },
  answers: verdicts.map((verdict) => answer(verdict)),
});
const one: ItemSet = {
  id: 'test',
  label: 'test',
  metric: 'exact_match',
  leftOut: 0,
  items: [
    item('a', ['right'], 'closed'),
    item('b', ['wrong'], 'open', 'Which Lobe?'),
    item('c', ['partly'], 'open'),
    item('d', ['unscored'], 'closed'),
  ],
};
one.items[3]!.answers[0] = answer('unscored', { text: 'look again' });
const two: ItemSet = {
  ...one,
  items: [
    item('a', ['right', 'right'], 'closed'),
    item('b', ['wrong', 'right'], 'open'),
    item('c', ['right', 'partly'], 'open'),
    item('d', ['wrong', 'wrong'], 'closed'),
    item('e', ['unscored', 'right'], 'closed'),
  ],
};

describe('filterItems', () => {
  it.each<[ItemSet, Partial<ItemFilter>, string]>([
    [one, {}, 'a b c d'],
    [one, { verdict: 'right' }, 'a'],
    [one, { verdict: 'wrong' }, 'b c'],
    [one, { verdict: 'gone by now' }, 'a b c d'],
    [one, { facets: { 'answer type': 'open' } }, 'b c'],
    [one, { facets: { organ: 'organ c' } }, 'c'],
    [one, { facets: { 'of another set': 'x' } }, 'a b c d'],
    [one, { text: 'LOBE which' }, 'b'],
    [one, { text: 'lobe', verdict: 'right' }, ''],
    [one, { noted: true }, 'd'],
    [two, { verdict: 'right' }, 'a'],
    [two, { verdict: 'wrong' }, 'd'],
    [two, { verdict: 'changed' }, 'b c'],
    [two, { verdict: '0>1' }, 'b'],
    [two, { verdict: '1>0' }, 'c'],
    [two, { verdict: '0>1', facets: { 'answer type': 'closed' } }, ''],
  ])('%#: %j', (set, filter, ids) => {
    expect(filterItems(set, { ...noFilter, ...filter }).map(({ id }) => id)).toEqual(ids.split(' ').filter(Boolean));
  });

  it('offers the facets that tell items apart', () => {
    expect(facetsOf(one)).toEqual([
      { name: 'answer type', values: ['closed', 'open'] },
      { name: 'organ', values: ['organ a', 'organ b', 'organ c', 'organ d'] },
    ]);
    const many = { ...one, items: Array.from({ length: 40 }, (_, i) => item(String(i), ['right'], 'open')) };
    expect(facetsOf(many)).toEqual([]);
  });
});

describe('nextSort', () => {
  const cells = [
    { text: 'lora', figure: false },
    { text: '50.0', figure: true },
    { text: '–', figure: true },
  ];
  const row: TableRow = { label: 'lora', kind: 'method', cells, runs: [], starred: false, reference: false };
  const columns = ['method', 'overall', 'p'].map((key) => ({ key, head: key }));
  const table = { columns, groups: [{ rows: [row] }] } as unknown as ResultsTable;

  it('turns figures high to low first, then round, then back to the order of the report', () => {
    const first = nextSort(table, undefined, 'overall');
    const second = nextSort(table, first, 'overall');
    expect([first, second, nextSort(table, second, 'overall')]).toEqual([
      { column: 'overall', descending: true },
      { column: 'overall', descending: false },
      undefined,
    ]);
    expect(nextSort(table, first, 'method')).toEqual({ column: 'method', descending: false });
    expect(nextSort(table, first, 'p')).toEqual({ column: 'p', descending: false });
  });
});

describe('wordDiff', () => {
  it.each([
    ['no acute disease', 'No acute disease.', 'No acute disease.'],
    ['the heart is large', 'the heart is normal', 'the heart is -large +normal'],
    ['no effusion', '', '-no effusion'],
    ['', 'clear', '+clear'],
    ['a b c d', 'a c b d', 'a -b c +b d'],
    ['lungs are clear . no effusion', 'lungs are clear', 'lungs are clear -. no effusion'],
  ])('%s -> %s', (reference, prediction, expected) => {
    const signs = { same: '', missing: '-', extra: '+' };
    const shown = wordDiff(reference, prediction).map(({ kind, words }) => `${signs[kind]}${words}`);
    expect(shown.join(' ')).toBe(expected);
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
