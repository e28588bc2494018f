/** Verdicts in words, so that nobody has to find the missing gain in the figures. */
import type { Cell, ComparisonColumn, ComparisonRow } from './table';

/** A p value below this is called significant. */
const level = 0.05;

/**
 * What must be said of a row on the first metric of each test split: that it does not beat the constant answer or the untuned base,
 * or that its gain over the reference may be chance.
 */
export function remarksOf(
  row: ComparisonRow,
  others: readonly ComparisonRow[],
  columns: readonly ComparisonColumn[],
  reference: string | undefined,
): ComparisonRow['remarks'] {
  if (row.kind === 'baseline') return [];
  const constant = others.filter(({ label }) => label === 'constant_answer');
  const questionOnly = others.filter(({ label }) => label === 'question_only');
  const base = row.kind === 'base' ? [] : others.filter(({ kind }) => kind === 'base');
  return [...new Set(columns.map(({ test }) => test))].flatMap((test) => {
    const c = columns.findIndex((column) => column.test === test);
    const fails = (rivals: readonly ComparisonRow[]) => rivals.some((rival) => !beats(row, rival, c));
    const gain = row.differences[c];
    const p = gain?.adjustedP ?? gain?.p;
    const chance = gain && gain.value > 0 && p !== undefined && p >= level;
    const texts = [
      ...(fails(constant) ? ['does not beat the constant answer'] : []),
      ...(!fails(constant) && fails(questionOnly) ? ['does not beat the question alone'] : []),
      ...(fails(base) ? ['does not beat the base'] : []),
      ...(notAbove(row.cells[c], row.blank[c]) ? ['no better than on blank images'] : []),
      ...(chance ? [`gain over ${reference} not significant`] : []),
    ];
    return texts.map((text) => ({ test, text }));
  });
}

function notAbove(cell: Cell | undefined, control: Cell | undefined): boolean {
  return cell?.value != null && control?.value != null && cell.value <= control.value;
}

function beats(row: ComparisonRow, rival: ComparisonRow, c: number): boolean {
  const own = row.cells[c]?.value;
  const other = rival.cells[c]?.value;
  return own == null || other == null || own > other;
}
