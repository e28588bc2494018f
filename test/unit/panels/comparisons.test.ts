import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { type AskedComparison, createComparisons } from '../../../client/panels/comparisons';
import { listRuns, setStar } from '../../../runner/runs';
import { rightUpTo, writeToyRuns } from '../reports/fixture';

async function asked(): Promise<AskedComparison> {
  const { dir, remove } = await writeToyRuns([
    { method: 'base', trainable: 0, answers: rightUpTo(20) },
    { method: 'lora', trainable: 7168, answers: rightUpTo(30) },
  ]);
  onTestFinished(remove);
  return { runs: listRuns(dir), specFiles: [], arrangement: {}, cost: 'trainable' };
}

const starred = ({ tables }: ReturnType<ReturnType<typeof createComparisons>['tables']>) =>
  tables.flatMap(({ groups }) =>
    groups.flatMap(({ rows }) => rows.filter((row) => row.starred).map(({ label }) => label)),
  );

it('arranges what it keeps, and compares anew when a star or the reference changed', async () => {
  const comparisons = createComparisons();
  const question = await asked();
  expect(starred(comparisons.tables(1, question))).toEqual([]);
  setStar(question.runs.find(({ manifest }) => manifest.method === 'lora')!.folder, true);
  expect(starred(comparisons.tables(1, question))).toEqual(['lora']);
  const against = (reference?: string) =>
    comparisons
      .tables(1, reference ? { ...question, reference } : question)
      .tables[0]!.columns.find(({ key }) => key.startsWith('difference'))!.head;
  expect([against(), against('lora'), against()]).toEqual(['against base', 'against lora', 'against base']);
  expect(comparisons.rendering(1, { ...question, reference: 'lora' }, 'markdown')).toContain('against lora');
  expect(() => comparisons.rendering(1, question, 'pdf')).toThrow(expect.objectContaining({ code: 'MP4009' }));
});

it('says of damaged notes that they are, and shows the results', async () => {
  const question = await asked();
  const [{ folder }] = question.runs as [(typeof question.runs)[0]];
  writeFileSync(path.join(folder, 'notes.json'), '{');
  const { tables, problems } = createComparisons().tables(1, question);
  expect([tables.length, problems]).toEqual([1, [expect.stringMatching(/^MP4003 .*notes\.json: /)]]);
});
