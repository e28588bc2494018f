/** A section as columns of texts: what Markdown, LaTeX, HTML and the results view lay out in their own ways. */
import {
  differenceText,
  headingOf,
  itemsOf,
  markOf,
  memoryText,
  nameText,
  pText,
  scoreText,
  secondsText,
  signedText,
  trainableText,
} from './format';
import type { ComparisonRow, ComparisonSection } from './table';

export interface GridCell {
  text: string;
  /** What a table that can be sorted sorts by; absent where there is no figure. */
  sort?: number | string;
}

export interface GridColumn {
  head: string;
  /** Position of the score in the section's columns, for scores alone. */
  score?: number;
  cell(row: ComparisonRow): GridCell;
}

export interface Grid {
  columns: GridColumn[];
  head: string[];
  body: string[][];
}

export function gridOf(section: ComparisonSection): Grid {
  const columns = [
    { head: 'method', cell: (row: ComparisonRow) => ({ text: nameText(row), sort: row.label }) },
    { head: 'trainable', cell: (row: ComparisonRow) => ({ text: trainableText(row), sort: row.trainable }) },
    ...section.columns.map((_, c) => scoreColumn(section, c)),
    ...section.columns.flatMap((_, c) => (isFirst(section, c) ? verdictColumns(section, c) : [])),
    { head: 'time', cell: (row: ComparisonRow) => ({ text: secondsText(row), sort: row.seconds }) },
    { head: 'peak memory', cell: (row: ComparisonRow) => ({ text: memoryText(row), sort: row.peakMemoryBytes }) },
  ];
  return {
    columns,
    head: columns.map(({ head }) => head),
    body: section.rows.map((row) => columns.map(({ cell }) => cell(row).text)),
  };
}

/** Whether a column has the first metric of its test split: the one that verdicts are on. */
export function isFirst({ columns }: ComparisonSection, c: number): boolean {
  return columns.findIndex(({ test }) => test === columns[c]!.test) === c;
}

/** The test split before a heading, where there are several. */
function where({ columns }: ComparisonSection, c: number): string {
  return new Set(columns.map(({ test }) => test)).size > 1 ? `${columns[c]!.test} ` : '';
}

function scoreColumn(section: ComparisonSection, c: number): GridColumn {
  const n = itemsOf(section, c);
  return {
    head: `${where(section, c)}${headingOf(section.columns[c]!)}${n === undefined ? '' : ` (n = ${n})`}`,
    score: c,
    cell: (row) => ({
      text: `${scoreText(row.cells[c])}${markOf(row.differences[c])}`,
      sort: row.cells[c]?.value ?? undefined,
    }),
  };
}

function verdictColumns(section: ComparisonSection, c: number): GridColumn[] {
  const { reference, rows, domain } = section;
  const at = where(section, c);
  return [
    ...(reference
      ? [
          {
            head: `${at}against ${reference}`,
            cell: ({ differences }: ComparisonRow) => ({
              text: differenceText(differences[c]),
              sort: differences[c]?.value,
            }),
          },
          {
            head: at ? `${at}p` : 'p',
            cell: ({ differences }: ComparisonRow) => {
              const p = differences[c]?.adjustedP ?? differences[c]?.p;
              return { text: pText(p), sort: p };
            },
          },
        ]
      : []),
    ...(rows.some(({ blank }) => blank[c])
      ? [
          {
            head: `${at}blank images`,
            cell: ({ blank }: ComparisonRow) => ({ text: scoreText(blank[c]), sort: blank[c]?.value ?? undefined }),
          },
        ]
      : []),
    ...(rows.some(({ drops }) => drops[c] !== undefined)
      ? [
          {
            head: `${at}drop from ${domain}`,
            cell: ({ drops }: ComparisonRow) => ({ text: signedText(drops[c]), sort: drops[c] }),
          },
        ]
      : []),
  ];
}
