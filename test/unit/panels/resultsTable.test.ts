import { expect, it } from 'vitest';
import { resultsTables } from '../../../client/panels/resultsTable';
import type { RunSummary } from '../../../client/runs/store';
import { compareRuns, renderMarkdown } from '../../../runner/reports';
import { listRuns } from '../../../runner/runs';
import { rightUpTo, writeToyRuns } from '../reports/fixture';

it('shows what the reports show, cell by cell, with a value to sort by where there is a figure', async () => {
  const { dir, remove } = await writeToyRuns([
    { method: 'base', trainable: 0, answers: rightUpTo(20) },
    { method: 'lora', trainable: 7168, answers: rightUpTo(30) },
    { method: 'late', trainable: 10, answers: [], finished: false },
  ]);
  try {
    const runs = listRuns(dir);
    const table = compareRuns([dir]);
    const shown = resultsTables(table, runs as unknown as RunSummary[]);
    expect(shown.tables).toHaveLength(1);
    const [{ columns, rows }] = shown.tables as [(typeof shown.tables)[0]];
    const markdown = renderMarkdown(table).replaceAll('\\', '');
    for (const row of rows) {
      expect(row.cells).toHaveLength(columns.length);
      for (const { text, sort } of row.cells) {
        expect(markdown).toContain(text);
        if (text === '–') expect(sort).toBeNull();
        else expect(sort).not.toBeNull();
      }
    }
    const overall = columns.findIndex((name) => name.startsWith('overall'));
    expect(rows.map(({ label, kind, cells, runs }) => [label, kind, cells[overall]!.sort, runs.length])).toEqual([
      ...rows
        .filter(({ kind }) => kind === 'baseline')
        .map(({ label, cells }) => [label, 'baseline', cells[overall]!.sort, 0]),
      ['base', 'base', 20 / 60, 1],
      ['lora', 'method', 30 / 60, 1],
    ]);
    const lora = rows.find(({ label }) => label === 'lora')!;
    expect(lora.cells[1]!.sort).toBe(7168);
    expect(lora.cells.slice(-2).map(({ sort }) => sort)).toEqual([61, 512e6]);
    expect(shown.unfinished.map(({ run }) => run)).toEqual([expect.stringContaining('--late--')]);
  } finally {
    remove();
  }
});
