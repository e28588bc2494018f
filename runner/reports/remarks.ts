/** Verdicts in words, so that nobody has to find the missing gain in the figures. */
import type { Cell, ComparisonColumn, ComparisonRow } from './table';

/** A p value below this is called significant. */
const level = 0.05;

/**
 * What must be said of a row on the first metric of each test split: that it does not beat the constant answer, the untuned base or its own
 * score on black images by more than both spread, that its gain over the reference may be chance, or that seeds differ more than the two.
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
      ...blankRemark(row.cells[c], row.blank[c]),
      ...(chance ? [`gain over ${reference} not significant`] : []),
      ...(gain &&
      p !== undefined &&
      p < level &&
      withinSpread(row.cells[c], others.find(({ label }) => label === reference)?.cells[c])
        ? [`differs from ${reference} by less than its seeds do`]
        : []),
    ];
    return texts.map((text) => ({ test, text }));
  });
}

function blankRemark(cell: Cell | undefined, control: Cell | undefined): string[] {
  if (cell?.value == null || control?.value == null) return [];
  if (cell.value <= control.value) return ['no better than on blank images'];
  const near = cell.low === undefined ? withinSpread(cell, control) : control.value >= cell.low;
  return near ? ['not clearly better than on blank images'] : [];
}

/** Whether two means over seeds differ by less than the larger of their standard deviations; false for single runs. */
function withinSpread(cell: Cell | undefined, other: Cell | undefined): boolean {
  if (cell?.value == null || other?.value == null || (cell.sd === undefined && other.sd === undefined)) return false;
  return Math.abs(cell.value - other.value) < Math.max(cell.sd ?? 0, other.sd ?? 0);
}

function beats(row: ComparisonRow, rival: ComparisonRow, c: number): boolean {
  const own = row.cells[c]?.value;
  const other = rival.cells[c]?.value;
  return own == null || other == null || own > other;
}
