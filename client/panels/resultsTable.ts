/** The comparison of the reports, laid out as they lay it out, with what each cell is sorted by. */
import type { ComparisonRow, ComparisonSection, ComparisonTable } from '../../runner/reports';
import { footnotes, nameText, verdicts } from '../../runner/reports/format';
import { gridOf } from '../../runner/reports/grid';
import type { RunSummary } from '../runs/store';
import type { ResultsTable, RunState } from './protocol';

export function resultsTables(
  table: ComparisonTable,
  runs: readonly RunSummary[],
): { tables: ResultsTable[]; unfinished: { run: string; state: RunState }[] } {
  const byFolder = new Map(runs.map((run) => [run.folder, run]));
  return {
    tables: table.sections.map((section) => sectionTable(section, byFolder)),
    unfinished: runs.filter(({ result }) => !result).map(({ id, state }) => ({ run: id, state })),
  };
}

function sectionTable(section: ComparisonSection, byFolder: ReadonlyMap<string, RunSummary>): ResultsTable {
  const { head, body } = gridOf(section);
  return {
    caption: `${section.model} on ${section.task}`,
    columns: head,
    rows: section.rows.map((row, r) => {
      const keys = sortKeys(row, section);
      return {
        label: nameText(row),
        kind: row.kind,
        cells: body[r]!.map((text, c) => ({ text, sort: keys[c] ?? null })),
        runs: row.folders.flatMap((folder) => {
          const run = byFolder.get(folder);
          return run
            ? [{ run: run.id, label: row.folders.length > 1 ? `seed ${run.manifest.seed}` : nameText(row) }]
            : [];
        }),
      };
    }),
    verdicts: verdicts(section),
    notes: footnotes(section),
  };
}

/** One for each column of `gridOf`. */
export function sortKeys(
  row: ComparisonRow,
  { columns, reference }: ComparisonSection,
): (number | string | undefined)[] {
  const first = (c: number) => columns.findIndex(({ test }) => test === columns[c]!.test) === c;
  return [
    row.label,
    row.trainable,
    ...columns.map((_, c) => row.cells[c]?.value ?? undefined),
    ...columns.flatMap((_, c) => {
      const difference = row.differences[c];
      return reference && first(c) ? [difference?.value, difference?.adjustedP ?? difference?.p] : [];
    }),
    row.seconds,
    row.peakMemoryBytes,
  ];
}
