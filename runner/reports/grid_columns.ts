/** The columns of a section, as texts and as what they are sorted by. */
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
import { type Setting, settingKey, settingsOf } from './row_settings';
import type { ComparisonRow, ComparisonSection } from './table';

export interface GridCell {
  text: string;
  /** What a table that can be sorted sorts by; absent where there is no figure. */
  sort?: number | string;
}

export interface GridColumn {
  /** Names the column in arrangements, over restarts and test splits: `method`, `score:rad/test:exact_match`, `setting:training.lr`. */
  key: string;
  head: string;
  /** Path of the setting that it shows. */
  setting?: string;
  /** May not be hidden: a score means little without it. */
  pinned?: true;
  /** Position of the score in the section's columns, for scores alone. */
  score?: number;
  cell(row: ComparisonRow): GridCell;
}

/** Every column that a section can show, in the report's order: the settings, which only some readers ask for, come last. */
export function gridColumns(section: ComparisonSection): GridColumn[] {
  return [
    {
      key: 'method',
      head: 'method',
      pinned: true,
      cell: (row: ComparisonRow) => ({ text: nameText(row), sort: row.label }),
    },
    { key: 'trainable', head: 'trainable', cell: (row) => ({ text: trainableText(row), sort: row.trainable }) },
    ...section.columns.map((_, c) => scoreColumn(section, c)),
    ...section.columns.flatMap((_, c) => (isFirst(section, c) ? verdictColumns(section, c) : [])),
    { key: 'time', head: 'time', cell: (row) => ({ text: secondsText(row), sort: row.seconds }) },
    { key: 'memory', head: 'peak memory', cell: (row) => ({ text: memoryText(row), sort: row.peakMemoryBytes }) },
    ...settingsOf(section).map(settingColumn),
  ];
}

function settingColumn({ path }: Setting): GridColumn {
  return {
    key: settingKey(path),
    head: path,
    setting: path,
    cell: ({ settings }) => {
      const text = settings[path];
      if (text === undefined) return { text: '–' };
      return { text, sort: text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text };
    },
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
  const { test, metric } = section.columns[c]!;
  return {
    key: `score:${test}:${metric}`,
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
  const { test } = section.columns[c]!;
  return [
    ...(reference
      ? [
          {
            key: `difference:${test}`,
            head: `${at}against ${reference}`,
            cell: ({ differences }: ComparisonRow) => ({
              text: differenceText(differences[c]),
              sort: differences[c]?.value,
            }),
          },
          {
            key: `p:${test}`,
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
            key: `blank:${test}`,
            pinned: true as const,
            head: `${at}blank images`,
            cell: ({ blank }: ComparisonRow) => ({ text: scoreText(blank[c]), sort: blank[c]?.value ?? undefined }),
          },
        ]
      : []),
    ...(rows.some(({ drops }) => drops[c] !== undefined)
      ? [
          {
            key: `drop:${test}`,
            head: `${at}drop from ${domain}`,
            cell: ({ drops }: ComparisonRow) => ({ text: signedText(drops[c]), sort: drops[c] }),
          },
        ]
      : []),
  ];
}
