/** The comparison for a paper: a booktabs table a section, ready for \input; needs \usepackage{booktabs}. */
import { footnotes, verdicts } from './format';
import { gridOf } from './grid';
import type { ComparisonTable } from './table';

export function renderLatex(table: ComparisonTable): string {
  return table.sections
    .map((section) => {
      const { head, body } = gridOf(section);
      const line = (cells: readonly string[]) => `    ${cells.map(escaped).join(' & ')} \\\\`;
      return [
        '% needs \\usepackage{booktabs}',
        '\\begin{table}',
        '  \\centering',
        `  \\caption{${escaped(`${section.model} on ${section.task}. ${[...footnotes(section), ...verdicts(section)].join(' ')}`)}}`,
        `  \\begin{tabular}{l${'r'.repeat(head.length - 1)}}`,
        '    \\toprule',
        line(head),
        '    \\midrule',
        ...body.map(line),
        '    \\bottomrule',
        '  \\end{tabular}',
        '\\end{table}',
        '',
      ].join('\n');
    })
    .join('\n');
}

const special: Record<string, string> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '±': '$\\pm$',
  '–': '--',
};

function escaped(text: string): string {
  return text.replace(/[\\~^<>±–&%$#_{}]/g, (character) => special[character] ?? `\\${character}`);
}
