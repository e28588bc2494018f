/**
 * The comparison for a paper: a booktabs table a section, ready for \input; needs \usepackage{booktabs}. Scores stand under their test set,
 * the best method's in bold; notes are the caption.
 */
import { footnotes, headingOf, itemsOf, verdicts } from './format';
import { gridOf } from './grid';
import type { ComparisonSection, ComparisonTable } from './table';

export function renderLatex(table: ComparisonTable): string {
  return table.sections.map(sectionLatex).join('\n');
}

function sectionLatex(section: ComparisonSection): string {
  const { columns, body } = gridOf(section);
  const best = section.columns.map((_, c) => bestOf(section, c));
  const isBest = (r: number, score: number | undefined) =>
    score !== undefined && section.rows[r]!.kind === 'method' && section.rows[r]!.cells[score]?.value === best[score];
  const line = (cells: readonly string[]) => `    ${cells.join(' & ')} \\\\`;
  const heads = columns.map(({ head, score }) =>
    escaped(score === undefined ? head : `${headingOf(section.columns[score]!)}${itemsText(section, score)}`),
  );
  return [
    '% needs \\usepackage{booktabs}',
    '\\begin{table}',
    '  \\centering',
    `  \\caption{${escaped(`${section.model} on ${section.task}. ${[...footnotes(section), ...verdicts(section)].join(' ')}`)}}`,
    `  \\begin{tabular}{l${'r'.repeat(columns.length - 1)}}`,
    '    \\toprule',
    ...testHeads(section),
    line(heads),
    '    \\midrule',
    ...body.map((cells, r) =>
      line(cells.map((text, c) => (isBest(r, columns[c]!.score) ? `\\textbf{${escaped(text)}}` : escaped(text)))),
    ),
    '    \\bottomrule',
    '  \\end{tabular}',
    '\\end{table}',
    '',
  ].join('\n');
}

/** The test sets over their metrics, with a rule beneath each. */
function testHeads({ columns }: ComparisonSection): string[] {
  const tests = [...new Set(columns.map(({ test }) => test))];
  const spans = tests.map((test) => columns.filter((column) => column.test === test).length);
  // method and trainable stand before the scores
  const begins = spans.map((_, i) => 3 + spans.slice(0, i).reduce((sum, span) => sum + span, 0));
  const cells = tests.map((test, i) => `\\multicolumn{${spans[i]}}{c}{${escaped(test)}}`);
  const rules = tests.map((_, i) => `\\cmidrule(lr){${begins[i]}-${begins[i]! + spans[i]! - 1}}`);
  return [`    & & ${cells.join(' & ')} \\\\`, `    ${rules.join(' ')}`];
}

function itemsText(section: ComparisonSection, c: number): string {
  const n = itemsOf(section, c);
  return n === undefined ? '' : ` (n = ${n})`;
}

/** Highest score of the methods; undefined for one method alone. */
function bestOf({ rows }: ComparisonSection, c: number): number | undefined {
  const scores = rows.flatMap(({ kind, cells }) => (kind === 'method' ? (cells[c]?.value ?? []) : []));
  return scores.length > 1 ? Math.max(...scores) : undefined;
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
  return text.replace(/[\\~^<>±–†&%$#_{}]/g, (character) => special[character] ?? `\\${character}`);
}
