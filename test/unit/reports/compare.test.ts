import { rmSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type ComparisonRow,
  compareRuns,
  renderCsv,
  renderHtml,
  renderLatex,
  renderMarkdown,
  renderText,
} from '../../../runner/reports';
import { runFiles } from '../../../runner/runs';
import { rightUpTo, type ToyRun, toyItems, writeToyRuns } from './fixture';

let remove = () => {};
afterEach(() => remove());

async function tableOf(runs: readonly ToyRun[], options = {}) {
  const written = await writeToyRuns(runs);
  remove = written.remove;
  return { dir: written.dir, table: compareRuns([written.dir], options) };
}

const base: ToyRun = { method: 'base', trainable: 0, answers: rightUpTo(20) };
const lora: ToyRun = { method: 'lora', trainable: 500, answers: rightUpTo(45) };
const norms: ToyRun = { method: 'layernorm', trainable: 100, answers: rightUpTo(18) };

describe('compareRuns', () => {
  it('puts baselines first, then the runs in the order of their start, with scores, n and cost', async () => {
    const { table } = await tableOf([base, lora, norms]);
    const [section] = table.sections;
    expect(section!.columns.map(({ test, metric }) => `${test} ${metric}`)).toEqual([
      'rad/test exact_match',
      'rad/test closed_accuracy',
      'rad/test open_accuracy',
    ]);
    expect(section!.rows.map(({ kind, label }) => `${kind} ${label}`)).toEqual([
      'baseline constant_answer',
      'baseline majority_per_type',
      'base base',
      'method lora',
      'method layernorm',
    ]);
    const row = section!.rows[3]!;
    expect(row).toMatchObject({ trainable: 500, percent: 0.05, seconds: 61, peakMemoryBytes: 512e6, seeds: [0] });
    expect(row.cells.map((cell) => [cell!.value, cell!.n])).toEqual([
      [45 / 60, 60],
      [1, 40],
      [5 / 20, 20],
    ]);
  });

  it('tests against the base on the same items, and says what does not beat what', async () => {
    const { table } = await tableOf([base, lora, norms]);
    const { rows, reference } = table.sections[0]!;
    const [, , baseRow, loraRow, normsRow] = rows;
    expect(reference).toBe('base');
    expect(loraRow!.differences[0]).toMatchObject({ value: 25 / 60, onlyThis: 25, onlyReference: 0 });
    expect(loraRow!.differences[0]!.p).toBeCloseTo(2 * 0.5 ** 25, 12);
    expect(normsRow!.differences[0]).toMatchObject({ onlyThis: 0, onlyReference: 2, p: 0.5, adjustedP: 0.5 });
    expect(baseRow!.differences).toEqual([undefined, undefined, undefined]);
    // the constant answer, "no", has 20 of 60
    const said = (row: ComparisonRow | undefined) => row!.remarks.map(({ text }) => text);
    expect(said(baseRow)).toEqual(['does not beat the constant answer']);
    expect(said(loraRow)).toEqual([]);
    expect(said(normsRow)).toEqual(['does not beat the constant answer', 'does not beat the base']);
  });

  it('says when a gain may be chance', async () => {
    const { table } = await tableOf([base, { ...norms, answers: rightUpTo(23) }]);
    expect(table.sections[0]!.rows.at(-1)!.remarks).toEqual([
      { test: 'rad/test', text: 'gain over base not significant' },
    ]);
  });

  it.each([
    [45, 46, ['no better than on blank images']],
    // the interval of 45 of 60 begins at 0.628
    [45, 40, ['not clearly better than on blank images']],
    [45, 37, []],
  ])('says what %i right answers are worth beside %i on black images', async (right, black, remarks) => {
    const { table } = await tableOf([{ ...lora, answers: rightUpTo(right), onBlank: rightUpTo(black) }]);
    expect(table.sections[0]!.rows.at(-1)!.remarks.map(({ text }) => text)).toEqual(remarks);
  });

  it.each([
    // means of 39.5 of 60, 19.5 above the base: items tell them apart, but the seeds' standard deviation is 27.6, or 4.9
    [[20, 59], ['differs from base by less than its seeds do']],
    [[36, 43], []],
  ])('says of seeds with %j right answers', async (right, remarks) => {
    const runs = right.map((count, seed) => ({ ...lora, seed, answers: rightUpTo(count) }));
    const { table } = await tableOf([base, ...runs]);
    const row = table.sections[0]!.rows.at(-1)!;
    expect(row.differences[0]!.adjustedP).toBeLessThan(0.05);
    expect(row.remarks.map(({ text }) => text)).toEqual(remarks);
    expect(renderText(table).replace(/\s+/g, ' ')).toContain('not whether other seeds would');
  });

  it('compares with the named reference, and says if there is none', async () => {
    const named = await tableOf([base, lora, norms], { reference: 'lora' });
    expect(named.table.sections[0]!.reference).toBe('lora');
    remove();
    const missing = await tableOf([base, lora], { reference: 'prefix' });
    expect(missing.table.sections[0]!.notes).toContain(
      'There is no finished run of the reference method prefix: differences are against base.',
    );
  });

  it.each([
    [54, ['rad/test: 60 questions on 54 images, all of which also occur in training']],
    [3, ['rad/test: 60 questions on 54 images, 3 of which also occur in training']],
    [0, []],
  ])('says when training has seen test images: %i of 54', async (seen_images, notes) => {
    const splits = { test: { 'rad/test': { items: 60, images: 54, seen_images } } };
    const { table } = await tableOf([{ ...base, splits }]);
    expect(table.sections[0]!.notes).toEqual(notes.map((note) => expect.stringContaining(note)));
  });

  it('says what was left out of the test split, in every form', async () => {
    const skipped = { 'rad/test': { 'the answer is empty': 2, 'the image file is missing': 1 } };
    const { table } = await tableOf([{ ...base, skipped }]);
    const note =
      'Records left out (on_bad_item: skip): rad/test 2 × the answer is empty, 1 × the image file is missing.';
    expect(table.sections[0]!.notes).toContain(note);
    expect(table.sections[0]!.columns[0]).toMatchObject({ test: 'rad/test', skipped: 3 });
    const [head, first] = renderCsv(table).split('\n');
    expect([head!.trim().split(',').at(-1), first!.trim().split(',').at(-1)]).toEqual(['skipped', '3']);
    for (const text of [
      renderText(table).replace(/\s+/g, ' '),
      renderHtml(table),
      renderLatex(table).replaceAll('\\_', '_'),
    ])
      expect(text).toContain('2 × the answer is empty, 1 × the image file is missing');
  });

  it('averages seeds, with their standard deviation, and tests the mean of each item', async () => {
    const { table } = await tableOf([base, lora, { ...lora, seed: 1, answers: rightUpTo(51) }]);
    const row = table.sections[0]!.rows.at(-1)!;
    expect(row.seeds).toEqual([0, 1]);
    expect(row.cells[0]).toEqual({ value: 48 / 60, n: 60, sd: expect.closeTo((0.1 * Math.SQRT2) / 2, 12) });
    // 31 items differ, all in one direction: no random exchange of 9,999 is as large
    expect(row.differences[0]).toEqual({
      value: expect.closeTo(28 / 60, 12),
      test: 'permutation',
      p: 1 / 10_000,
      adjustedP: 1 / 10_000,
    });
  });

  it('says in every form what has no result yet, and that means are of different numbers of seeds', async () => {
    const { table } = await tableOf([lora, { ...lora, seed: 1 }, norms, { ...norms, seed: 1, finished: false }]);
    for (const text of [renderText(table), renderMarkdown(table), renderHtml(table), renderLatex(table)]) {
      const plain = text.replace(/[\\\s]+/g, ' ');
      expect(plain).toMatch(/Not in the table, since they have no result: \S*layernorm--seed1\S* \(?running/);
      expect(plain).toContain('The methods have different numbers of seeds');
    }
    remove();
    const even = await tableOf([base, lora, norms]);
    expect(renderMarkdown(even.table)).not.toMatch(/Not in the table|different numbers of seeds/);
  });

  it('never averages runs with other settings: they become rows of their own, named by what differs', async () => {
    const { table } = await tableOf([lora, { ...lora, seed: 1, settings: { batch_size: 8 } }]);
    expect(table.sections[0]!.rows.slice(-2).map(({ label }) => label)).toEqual([
      'lora training.batch_size=none',
      'lora training.batch_size=8',
    ]);
  });

  it('never puts runs on other test items into one section', async () => {
    const items = toyItems.map((item) => ({ ...item, question: `${item.question} really` }));
    const { table } = await tableOf([lora, { ...norms, items }]);
    expect(table.sections.map(({ rows }) => rows.at(-1)!.label)).toEqual(['lora', 'layernorm']);
    expect(table.sections[0]!.notes.join(' ')).toContain('stand by themselves');
  });

  it('shows what a model says of black images, and what it loses out of domain', async () => {
    const { table } = await tableOf([
      { ...base, onBlank: rightUpTo(20), elsewhere: rightUpTo(10) },
      { ...lora, onBlank: rightUpTo(30), elsewhere: rightUpTo(24) },
    ]);
    const [section] = table.sections;
    expect(section!.columns.map(({ test, role }) => `${test} ${role}`)).toEqual([
      ...Array(3).fill('rad/test test'),
      ...Array(3).fill('slake/test transfer'),
    ]);
    expect(section!.domain).toBe('rad/test');
    const [baseRow, loraRow] = section!.rows.slice(-2);
    expect(loraRow!.blank.map((cell) => cell?.value)).toEqual([30 / 60, 30 / 40, 0, undefined, undefined, undefined]);
    // exact match and closed accuracy: 45 - 24 of 60, 40 - 24 of 40
    expect(loraRow!.drops).toEqual(
      [undefined, undefined, undefined, 21 / 60, 16 / 40, 5 / 20].map((drop) =>
        drop === undefined ? drop : expect.closeTo(drop, 12),
      ),
    );
    expect(baseRow!.remarks).toContainEqual({ test: 'rad/test', text: 'no better than on blank images' });
    const text = renderText(table);
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(110);
    expect(text).toMatch(/drop from.*\n.*rad\/test/);
    const csv = renderCsv(table).split('\r\n');
    const columns = csv[0]!.split(',');
    const line = csv.find((one) => one.startsWith('tiny,vqa,lora') && one.includes('slake/test,transfer,exact_match'))!;
    expect(Number(line.split(',')[columns.indexOf('drop')])).toBeCloseTo(21 / 60, 12);
  });

  it('marks what differs from the reference', async () => {
    const { table } = await tableOf([{ ...base, answers: rightUpTo(40) }, lora, norms]);
    const markdown = renderMarkdown(table).replaceAll('\\', '');
    expect(markdown).toMatch(/\| layernorm .*30\.0 \[[^\]]*\]†††/);
    expect(markdown).toMatch(/\| lora [^|]*\|[^|]*\|/);
    expect(markdown).toContain('† †† †††: worse than base');
    expect(markdown).not.toContain('better than base with');
  });

  it('lists runs without a result, and takes single run folders', async () => {
    const { dir, table } = await tableOf([base, { ...lora, finished: false }]);
    expect(table.unfinished.map(({ state }) => state)).toEqual(['running']);
    const [only] = table.sections[0]!.rows.at(-1)!.folders;
    expect(compareRuns([only!, only!]).sections[0]!.rows.at(-1)!.label).toBe('base');
    rmSync(path.join(only!, runFiles.predictions), { recursive: true });
    expect(compareRuns([dir]).sections[0]!.rows.at(-1)!.cells[0]!.value).toBe(20 / 60);
  });

  it('refuses a folder without runs', () => {
    expect(() => compareRuns([import.meta.dirname])).toThrow(expect.objectContaining({ code: 'MP4007' }));
    expect(() => compareRuns(['/nowhere'])).toThrow(/does not exist/);
  });
});

describe('renderings', () => {
  it('text: fits 110 columns and reads at a glance', async () => {
    const { table } = await tableOf([base, lora, norms]);
    const text = renderText(table);
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(110);
    expect(text).toMatchSnapshot();
  });

  it('csv: one line a row and metric, unrounded', async () => {
    const { table } = await tableOf([base, lora]);
    const lines = renderCsv(table).trim().split('\r\n');
    expect(lines).toHaveLength(1 + 4 * 3);
    expect(lines[0]!.split(',')).toHaveLength(26);
    expect(lines[10]).toMatch(
      /^tiny,vqa,lora,method,0,500,0\.05,rad\/test,test,exact_match,0\.75,60,0\.6\d+,0\.8\d+,,base,0\.41666666666666\d+,/,
    );
  });

  it('markdown, LaTeX and HTML: every row, special characters escaped', async () => {
    const { table } = await tableOf([base, { ...lora, method: 'lora_8|<b>' }]);
    expect(renderMarkdown(table)).toContain('| lora\\_8\\|\\<b\\> | 500 (0.05 %) | 75.0 ');
    const latex = renderLatex(table);
    expect(latex).toContain('lora\\_8|\\textless{}b\\textgreater{} & 500 (0.05 \\%) & 75.0 [');
    expect(latex.split('\\\\\n')).toHaveLength(1 + 2 + 4);
    expect(latex).toContain('\\multicolumn{3}{c}{rad/test}');
    const html = renderHtml(table);
    expect(html).toContain('<th scope="row">lora_8|&#60;b&#62;</th><td>500 (0.05 %)</td>');
    expect(html).not.toMatch(/<script|https?:/);
    expect(html).not.toContain('<svg');
    remove();
    const several = await tableOf([base, lora, norms]);
    expect(renderHtml(several.table)).toContain('<svg');
    // the best of each column, baselines aside; none where all are alike
    const paper = renderLatex(several.table);
    expect(paper).toMatch(/lora & 500 \(0\.05 \\%\) & \\textbf\{75\.0 /);
    expect(paper).toContain('Bold: the highest score of the methods.');
    expect(paper).toContain("always answers ``no''");
    remove();
    const alike = await tableOf([base, lora, { ...lora, method: 'twin' }]);
    expect(renderLatex(alike.table)).not.toMatch(/textbf|Bold/);
  });
});
