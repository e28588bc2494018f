/** An arranged section as texts: what Markdown, LaTeX and HTML lay out in their own ways. */
import { arrange } from './arrange';
import type { Arrangement } from './arrangement';
import type { GridColumn } from './grid_columns';
import type { ComparisonRow, ComparisonSection } from './table';

export interface Grid {
  columns: GridColumn[];
  head: string[];
  /** Of each line of the body. */
  rows: ComparisonRow[];
  body: string[][];
}

export function gridOf(section: ComparisonSection, arrangement?: Arrangement): Grid {
  const { columns, baselines, groups } = arrange(section, arrangement);
  const rows = [...baselines, ...groups.flatMap((group) => group.rows)];
  return {
    columns,
    head: columns.map(({ head }) => head),
    rows,
    body: rows.map((row) => columns.map(({ cell }) => cell(row).text)),
  };
}
