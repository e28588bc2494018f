import { expect, it } from 'vitest';
import { resultsTables } from '../../../client/panels/resultsTable';
import type { RunSummary } from '../../../client/runs/store';
import { compareRuns, renderMarkdown } from '../../../runner/reports';
import { listRuns } from '../../../runner/runs';
import { rightUpTo, writeToyRuns } from '../reports/fixture';

it('shows what the reports show, cell by cell, arranged as the view asks for', async () => {
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
    const [{ columns, groups, baselines }] = shown.tables as [(typeof shown.tables)[0]];
    const methods = groups.flatMap(({ rows }) => rows);
    const markdown = renderMarkdown(table).replaceAll('\\', '');
    for (const row of [...methods, ...baselines]) {
      expect(row.cells).toHaveLength(columns.length);
      for (const { text } of row.cells) expect(markdown).toContain(text);
    }
    expect(methods.map(({ label, kind, reference, runs }) => [label, kind, reference, runs.length])).toEqual([
      ['base', 'base', true, 1],
      ['lora', 'method', false, 1],
    ]);
    expect(baselines.map(({ kind, runs }) => [kind, runs.length])).toEqual(baselines.map(() => ['baseline', 0]));
    expect(methods[1]!.cells[1]).toEqual({ text: '7,168 (0.717 %)', figure: true });
    const sorted = resultsTables(table, runs as unknown as RunSummary[], {
      sort: { column: 'trainable', descending: true },
      hidden: ['time'],
    });
    expect(sorted.tables[0]!.groups[0]!.rows.map(({ label }) => label)).toEqual(['lora', 'base']);
    expect(sorted.tables[0]!.hidden.map(({ key }) => key)).toContain('time');
    expect(shown.unfinished.map(({ run }) => run)).toEqual([expect.stringContaining('--late--')]);
  } finally {
    remove();
  }
});
