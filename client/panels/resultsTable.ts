/** The comparison of the reports, arranged as the view asks for: the very cells that `medpeft compare` prints. */
import {
  type Arrangement,
  arrange,
  type ComparisonSection,
  type ComparisonTable,
  settingsOf,
} from '../../runner/reports';
import type { Cost } from '../../runner/reports/arrangement';
import { footnotes, nameText, verdicts } from '../../runner/reports/format';
import type { GridColumn } from '../../runner/reports/grid_columns';
import { plotsOf } from '../../runner/reports/plot';
import type { ComparisonRow } from '../../runner/reports/table';
import type { RunSummary } from '../runs/store';
import type { ResultsTable, RunState, TableColumn, TableRow } from './protocol';

export function resultsTables(
  table: ComparisonTable,
  runs: readonly RunSummary[],
  arrangement: Arrangement = {},
  cost: Cost = 'trainable',
): { tables: ResultsTable[]; unfinished: { run: string; state: RunState }[] } {
  const byFolder = new Map(runs.map((run) => [run.folder, run]));
  return {
    tables: table.sections.map((section) => sectionTable(section, byFolder, arrangement, cost)),
    unfinished: runs.filter(({ result }) => !result).map(({ id, state }) => ({ run: id, state })),
  };
}

function sectionTable(
  section: ComparisonSection,
  byFolder: ReadonlyMap<string, RunSummary>,
  arrangement: Arrangement,
  cost: Cost,
): ResultsTable {
  const { columns: all, hidden, baselines, groups } = arrange(section, arrangement);
  // the heads of the groups say it already
  const columns = all.filter(({ setting }) => setting === undefined || setting !== arrangement.group);
  const shown = (row: ComparisonRow) => rowOf(row, columns, section.reference, byFolder);
  return {
    caption: `${section.model} on ${section.task}`,
    columns: columns.map(columnOf),
    hidden: hidden.map(columnOf),
    groups: groups.map(({ name, rows }) => ({ ...(name === undefined ? {} : { name }), rows: rows.map(shown) })),
    baselines: baselines.map(shown),
    settings: settingsOf(section),
    references: section.rows.flatMap(({ kind, label }) => (kind === 'baseline' ? [] : [label])),
    plots: plotsOf(section, cost),
    verdicts: verdicts(section),
    notes: footnotes(section),
  };
}

function columnOf({ key, head, pinned }: GridColumn): TableColumn {
  return { key, head, ...(pinned ? { pinned } : {}) };
}

function rowOf(
  row: ComparisonRow,
  columns: readonly GridColumn[],
  reference: string | undefined,
  byFolder: ReadonlyMap<string, RunSummary>,
): TableRow {
  return {
    label: nameText(row),
    kind: row.kind,
    starred: row.starred === true,
    reference: row.kind !== 'baseline' && row.label === reference,
    cells: columns.map(({ cell }) => {
      const { text, sort } = cell(row);
      return { text, figure: typeof sort === 'number' || text === '–' };
    }),
    runs: row.folders.flatMap((folder) => {
      const run = byFolder.get(folder);
      return run ? [{ run: run.id, label: row.folders.length > 1 ? `seed ${run.manifest.seed}` : nameText(row) }] : [];
    }),
  };
}
