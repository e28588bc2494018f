/**
 * The comparison for a paper: a booktabs table a section, ready for \input; needs \usepackage{booktabs,graphicx}. Scores stand under their test
 * set, the best method's in bold; notes are the caption. It is made as wide as the text.
 */
import type { Arrangement } from './arrangement';
import { footnotes, headingOf, itemsOf, percent, unfinishedNotes, verdicts } from './format';
import { gridOf } from './grid';
import type { GridColumn } from './grid_columns';
import type { Cell, ComparisonSection, ComparisonTable } from './table';

export function renderLatex(table: ComparisonTable, arrangement?: Arrangement): string {
  const sections = table.sections.map((section) => sectionLatex(section, arrangement));
  return [...unfinishedNotes(table).map((note) => `% ${note}\n`), ...sections].join('\n');
}

function sectionLatex(section: ComparisonSection, arrangement?: Arrangement): string {
  const { columns, rows, body } = gridOf(section, arrangement);
  const best = section.columns.map((_, c) => bestOf(section, c));
  const isBest = (r: number, score: number | undefined) =>
    score !== undefined && rows[r]!.kind === 'method' && shown(rows[r]!.cells[score]) === best[score];
  const line = (cells: readonly string[]) => `    ${cells.join(' & ')} \\\\`;
  const heads = columns.map(({ head, score }) =>
    escaped(score === undefined ? head : `${headingOf(section.columns[score]!)}${itemsText(section, score)}`),
  );
  const notes = [
    ...footnotes(section),
    ...(best.some((score) => score !== undefined) ? ['Bold: the highest score of the methods.'] : []),
    ...verdicts(section),
  ];
  return [
    '% needs \\usepackage{booktabs,graphicx}',
    '\\begin{table}',
    '  \\centering',
    `  \\caption{${escaped(`${section.model} on ${section.task}. ${notes.join(' ')}`)}}`,
    '  \\resizebox{\\linewidth}{!}{%',
    `  \\begin{tabular}{l${'r'.repeat(columns.length - 1)}}`,
    '    \\toprule',
    ...testHeads(section, columns),
    line(heads),
    '    \\midrule',
    ...body.map((cells, r) =>
      line(cells.map((text, c) => (isBest(r, columns[c]!.score) ? `\\textbf{${escaped(text)}}` : escaped(text)))),
    ),
    '    \\bottomrule',
    '  \\end{tabular}}',
    '\\end{table}',
    '',
  ].join('\n');
}

/** The test sets over their metrics, with a rule beneath each; scores of one set that were moved apart have a head each. */
function testHeads(section: ComparisonSection, columns: readonly GridColumn[]): string[] {
  const spans: { test?: string; from: number; to: number }[] = [];
  for (const [c, { score }] of columns.entries()) {
    const test = score === undefined ? undefined : section.columns[score]!.test;
    const last = spans.at(-1);
    if (last && last.test === test) last.to = c + 1;
    else spans.push({ test, from: c + 1, to: c + 1 });
  }
  const tests = spans.filter(({ test }) => test !== undefined);
  if (tests.length === 0) return [];
  const end = tests.at(-1)!;
  const cells = spans
    .slice(0, spans.indexOf(end) + 1)
    .map(({ test, from, to }) =>
      test === undefined ? ' &'.repeat(to - from).trim() : `\\multicolumn{${to - from + 1}}{c}{${escaped(test)}}`,
    );
  const rules = tests.map(({ from, to }) => `\\cmidrule(lr){${from}-${to}}`);
  return [`    ${cells.join(' & ').trim()} \\\\`, `    ${rules.join(' ')}`];
}

function itemsText(section: ComparisonSection, c: number): string {
  const n = itemsOf(section, c);
  return n === undefined ? '' : ` (n = ${n})`;
}

/** Highest score of the methods, as it is shown; undefined where all are alike. */
function bestOf({ rows }: ComparisonSection, c: number): number | undefined {
  const scores = rows.flatMap(({ kind, cells }) => (kind === 'method' ? (shown(cells[c]) ?? []) : []));
  return new Set(scores).size > 1 ? Math.max(...scores) : undefined;
}

/** Two scores that read alike are alike. */
function shown(cell: Cell | undefined): number | undefined {
  return cell?.value == null ? undefined : Number(percent(cell.value));
}

const special: Record<string, string> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '±': '$\\pm$',
  '–': '--',
  '†': '\\dag{}',
};

function escaped(text: string): string {
  const quoted = text.replace(/"([^"]*)"/g, "``$1''");
  return quoted.replace(/[\\~^<>±–†&%$#_{}]/g, (character) => special[character] ?? `\\${character}`);
}
