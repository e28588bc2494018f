/** The comparison for terminals: at most 110 columns wide. */
import { arrange, arrangedSection } from './arrange';
import type { Arrangement } from './arrangement';
import {
  differenceText,
  footnotes,
  headingOf,
  itemsOf,
  markOf,
  memoryText,
  nameText,
  pText,
  secondsText,
  shortScoreText,
  signedText,
  trainableText,
} from './format';
import type { ComparisonRow, ComparisonSection, ComparisonTable } from './table';

const maxWidth = 110;
const gap = 2;

export function renderText(table: ComparisonTable, arrangement?: Arrangement): string {
  const parts = table.sections.map((section) =>
    sectionText(arrangedSection(section, arrangement), settingColumns(section, arrangement)),
  );
  if (table.unfinished.length > 0)
    parts.push(
      [
        'Not in the table, since they have no result:',
        ...table.unfinished.map(({ id, state }) => `  ${id}  ${state}`),
        '',
      ].join('\n'),
    );
  return parts.length > 0 ? parts.join('\n') : 'There is no finished run to compare.\n';
}

/** Heading, second heading, then a text for each row. */
type Column = string[];

/** The settings that the arrangement shows: heading, then a text for a row. */
type SettingColumn = { head: string; text(row: ComparisonRow): string };

function settingColumns(section: ComparisonSection, arrangement?: Arrangement): SettingColumn[] {
  return arrange(section, arrangement).columns.flatMap(({ setting, cell }) => {
    const names = setting?.split('.');
    return names ? [{ head: names.at(-1)!, text: (row) => cell(row).text }] : [];
  });
}

function sectionText(section: ComparisonSection, settings: readonly SettingColumn[]): string {
  const { model, task, columns } = section;
  const tests = [...new Set(columns.map(({ test }) => test))];
  const lines = tests.flatMap((test, t) => [
    ...scoreLines(section, test, t === 0, settings),
    '',
    ...verdictLines(section, test),
  ]);
  return [`${model} on ${task}`, '', ...lines, ...footnotes(section).flatMap(wrap), ''].join('\n');
}

/** Scores on one test split; the cost stands beside the first. */
function scoreLines(
  { columns, rows, ...section }: ComparisonSection,
  test: string,
  withCost: boolean,
  settings: readonly SettingColumn[],
): string[] {
  const names = ['method', test, ...rows.map(nameText)];
  const scores = columns.flatMap((column, c): Column[] => {
    if (column.test !== test) return [];
    const n = itemsOf({ columns, rows, ...section }, c);
    const head = [headingOf(column), n === undefined ? '' : `n = ${n}`];
    // Marks stand beside the figures: those without one get blanks, so that the figures stay beneath each other.
    const marks = rows.map(({ differences }) => markOf(differences[c]));
    const width = Math.max(...marks.map(({ length }) => length));
    const beside = (text: string) => `${text}${' '.repeat(width)}`;
    return [
      [...head.map(beside), ...rows.map(({ cells }, r) => `${shortScoreText(cells[c])}${marks[r]!.padEnd(width)}`)],
    ];
  });
  if (!withCost) return blocks(names, scores);
  const trainable = ['trainable', 'parameters', ...rows.map(trainableText)];
  const time = ['time', '', ...rows.map(secondsText)];
  const memory = ['memory', 'peak', ...rows.map(memoryText)];
  const shown = settings.map(({ head, text }): Column => [head, '', ...rows.map(text)]);
  return blocks(names, [...shown, trainable, ...scores, time, memory]);
}

/** What the first metric of a test split says of each run. */
function verdictLines({ columns, rows, reference, correction, domain }: ComparisonSection, test: string): string[] {
  const first = columns.findIndex((column) => column.test === test);
  const said = rows.filter(({ kind }) => kind !== 'baseline');
  const remarks = said.map((row) => row.remarks.filter((remark) => remark.test === test).map(({ text }) => text));
  const controlled = said.some(({ blank, drops }) => blank[first] || drops[first] !== undefined);
  if (!reference && !controlled && remarks.every((texts) => texts.length === 0)) return [];
  const column = (head: string, below: string, text: (row: ComparisonRow) => string) => [
    head,
    below,
    ...said.map(text),
  ];
  return [
    ...layOut(
      [
        column('method', test, nameText),
        ...(reference
          ? [
              column(`against ${reference}`, `points ${headingOf(columns[first]!)}`, ({ differences }) =>
                differenceText(differences[first]),
              ),
              column('p', correction === 'holm' ? 'Holm' : '', ({ differences }) =>
                pText(differences[first]?.adjustedP ?? differences[first]?.p),
              ),
            ]
          : []),
        ...(said.some(({ blank }) => blank[first])
          ? [column('blank', 'images', ({ blank }) => shortScoreText(blank[first]))]
          : []),
        ...(said.some(({ drops }) => drops[first] !== undefined)
          ? [column('drop from', `${domain}`, ({ drops }) => signedText(drops[first]))]
          : []),
      ],
      [[], [], ...remarks],
    ),
    '',
  ];
}

/** Lays columns side by side; those that would pass the width go into a further block, names repeated. */
function blocks(names: Column, columns: readonly Column[]): string[] {
  const lines: string[] = [];
  let open: Column[] = [];
  let width = widthOf(names);
  const flush = () => {
    if (lines.length > 0) lines.push('');
    lines.push(...layOut([names, ...open]));
  };
  for (const column of columns) {
    const more = gap + widthOf(column);
    if (open.length > 0 && width + more > maxWidth) {
      flush();
      open = [];
      width = widthOf(names);
    }
    open.push(column);
    width += more;
  }
  flush();
  return lines;
}

/** @param tail unaligned texts after the last column: their parts, which go on beneath where the line would be too long. */
function layOut(columns: readonly Column[], tail?: readonly (readonly string[])[]): string[] {
  const widths = columns.map(widthOf);
  const width = widths.reduce((sum, one) => sum + one, gap * (widths.length - 1));
  const rows = columns[0]!.map((_, r) =>
    columns
      .map((column, c) => (c === 0 ? column[r]!.padEnd(widths[c]!) : column[r]!.padStart(widths[c]!)))
      .join(' '.repeat(gap)),
  );
  const lines = rows.map((row, r) => {
    const [first, ...more] = tail ? packed(tail[r]!, maxWidth - width - gap) : [];
    const beneath = ' '.repeat(width + gap);
    return [first ? `${row}${' '.repeat(gap)}${first}` : row.trimEnd(), ...more.map((text) => beneath + text)];
  });
  return [...lines.slice(0, 2), ['─'.repeat(width)], ...lines.slice(2)].flat();
}

/** Parts joined by semicolons, on as many lines as the width asks for. */
function packed(parts: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 2 + part.length <= width) lines[lines.length - 1] = `${last}; ${part}`;
    else lines.push(part);
  }
  return lines;
}

function widthOf(column: Column): number {
  return Math.max(...column.map((text) => text.length));
}

function wrap(text: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line && line.length + 1 + word.length > maxWidth) {
      lines.push(line);
      line = `  ${word}`;
    } else line = line ? `${line} ${word}` : word;
  }
  return [...lines, line];
}
