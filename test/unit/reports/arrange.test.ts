/** What a reader may ask of the table; the expected orders follow from the toy runs' own figures. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Arrangement, type ComparisonSection, type ComparisonTable, compareRuns } from '../../../runner/reports';
import { arrange, columnNamed } from '../../../runner/reports/arrange';
import { renderCsv } from '../../../runner/reports/csv';
import { gridOf } from '../../../runner/reports/grid';
import { renderLatex } from '../../../runner/reports/latex';
import { renderText } from '../../../runner/reports/text';
import { rightUpTo, writeToyRuns } from './fixture';

let table: ComparisonTable;
let section: ComparisonSection;
let remove: () => void;
beforeAll(async () => {
  const made = await writeToyRuns([
    { method: 'base', trainable: 0, answers: rightUpTo(20) },
    { method: 'lora4', trainable: 400, answers: rightUpTo(30), settings: { rank: 4, lr: 0.01 } },
    { method: 'lora8', trainable: 800, answers: rightUpTo(50), settings: { rank: 8, lr: 0.01 } },
    { method: 'deep', trainable: 100, answers: rightUpTo(40), settings: { rank: 8, lr: 0.01 } },
  ]);
  remove = made.remove;
  table = compareRuns([made.dir]);
  section = table.sections[0]!;
});
afterAll(() => remove());

const score = 'score:rad/test:exact_match';
const shown = (arrangement: Arrangement) =>
  arrange(section, arrangement).groups.map(({ name, rows }) =>
    [...(name === undefined ? [] : [`${name}:`]), ...rows.map(({ label }) => label)].join(' '),
  );

describe('rows', () => {
  it.each<[string, Arrangement, string[]]>([
    ['as reported', {}, ['base lora4 lora8 deep']],
    ['by score', { sort: { column: score, descending: true } }, ['lora8 deep lora4 base']],
    ['by parameters', { sort: { column: 'trainable', descending: false } }, ['base deep lora4 lora8']],
    [
      'by a setting, without it last',
      { sort: { column: 'setting:training.rank', descending: true } },
      ['lora8 deep lora4 base'],
    ],
    [
      'by a setting, upward',
      { sort: { column: 'setting:training.rank', descending: false } },
      ['lora4 lora8 deep base'],
    ],
    ['by an unknown column', { sort: { column: 'gone', descending: true } }, ['base lora4 lora8 deep']],
    ['grouped', { group: 'training.rank' }, ['4: lora4', '8: lora8 deep', '–: base']],
    [
      'grouped and sorted within',
      { group: 'training.rank', sort: { column: 'trainable', descending: false } },
      ['4: lora4', '8: deep lora8', '–: base'],
    ],
    ['filtered by name, the base in sight', { filter: 'LORA' }, ['base lora4 lora8']],
    ['filtered by setting', { filter: 'rank=8' }, ['base lora8 deep']],
    ['by both', { filter: 'rank=8 deep' }, ['base deep']],
    ['a setting is meant whole', { filter: 'ank=8' }, ['base']],
    ['starred only', { starred: true }, ['base']],
  ])('%s', (_, arrangement, expected) => {
    expect(shown(arrangement)).toEqual(expected);
  });

  it('never loses baselines or the reference', () => {
    const { baselines } = arrange(section, { filter: 'nothing' });
    expect(baselines.map(({ label }) => label)).toContain('constant_answer');
    expect(shown({ filter: 'nothing' })).toEqual(['base']);
  });
});

describe('columns', () => {
  const keys = (arrangement: Arrangement) => arrange(section, arrangement).columns.map(({ key }) => key);

  it('shows settings that differ, and no others', () => {
    const more = keys({ changed: true }).filter((key) => !keys({}).includes(key));
    expect(more).toEqual(['setting:training.rank', 'setting:training.lr']); // the base has neither
    expect(keys({ group: 'training.rank' })).toContain('setting:training.rank');
  });

  it('hides and moves, but never the name', () => {
    const arranged = arrange(section, { hidden: ['method', 'time'], order: ['memory', 'trainable'] });
    expect(arranged.columns.map(({ key }) => key).slice(0, 3)).toEqual(['method', 'memory', 'trainable']);
    expect(arranged.hidden.map(({ key }) => key)).toContain('time');
  });

  it.each([
    ['trainable', 'trainable'],
    ['overall', score],
    [score, score],
    ['rank', 'setting:training.rank'],
    ['peak memory', 'memory'],
  ])('%s is the column %s', (name, key) => {
    expect(columnNamed([section], name)).toBe(key);
  });

  it('says which was meant where there is none', () => {
    expect(() => columnNamed([section], 'trainabel')).toThrow(/no column trainabel/);
  });
});

it('renderings follow the arrangement', () => {
  const arrangement: Arrangement = { sort: { column: score, descending: true }, changed: true, hidden: ['memory'] };
  const { rows, body } = gridOf(section, arrangement);
  expect(body).toHaveLength(rows.length);
  const names = (text: string, line: RegExp) => [...text.matchAll(line)].map(([, name]) => name);
  const expected = ['lora8', 'deep', 'lora4', 'base'];
  expect(names(renderText(table, arrangement), /^(lora8|deep|lora4|base) .*\d+ s/gm)).toEqual(expected);
  expect(names(renderCsv(table, arrangement), /^tiny,vqa,(lora8|deep|lora4|base),.*,exact_match,/gm)).toEqual(expected);
  expect(names(renderLatex(table, arrangement), /^ {4}(lora8|deep|lora4|base) &/gm)).toEqual(expected);
  expect(renderCsv(table, arrangement).split('\r\n')[0]).toMatch(/,remarks,skipped,training\.rank,training\.lr$/);
  expect(renderLatex(table, arrangement)).not.toContain('peak memory');
});

it('a head of LaTeX stands over the scores of its test set alone, wherever they were moved', () => {
  const tex = renderLatex(table, { order: [score, 'trainable', 'score:rad/test:closed_accuracy'] });
  expect(tex).toContain('\\cmidrule(lr){2-2} \\cmidrule(lr){4-5}');
  const plain = renderLatex(table);
  expect(plain).toContain('    & & \\multicolumn{3}{c}{rad/test} \\\\');
});
