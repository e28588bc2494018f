/** The comparison of the reports, laid out as they lay it out, with what each cell is sorted by. */
import type { ComparisonSection, ComparisonTable } from '../../runner/reports';
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
  const { columns, head } = gridOf(section);
  return {
    caption: `${section.model} on ${section.task}`,
    columns: head,
    rows: section.rows.map((row) => ({
      label: nameText(row),
      kind: row.kind,
      cells: columns.map(({ cell }) => {
        const { text, sort } = cell(row);
        return { text, sort: sort ?? null };
      }),
      runs: row.folders.flatMap((folder) => {
        const run = byFolder.get(folder);
        return run
          ? [{ run: run.id, label: row.folders.length > 1 ? `seed ${run.manifest.seed}` : nameText(row) }]
          : [];
      }),
    })),
    verdicts: verdicts(section),
    notes: footnotes(section),
  };
}
