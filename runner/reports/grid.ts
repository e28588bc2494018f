/** A section as head and body of plain texts: what Markdown, LaTeX and HTML lay out in their own ways. */
import {
  differenceText,
  headingOf,
  itemsOf,
  memoryText,
  nameText,
  pText,
  scoreText,
  secondsText,
  trainableText,
} from './format';
import type { ComparisonSection } from './table';

export interface Grid {
  head: string[];
  body: string[][];
}

export function gridOf(section: ComparisonSection): Grid {
  const { columns, rows, reference } = section;
  const severalTests = new Set(columns.map(({ test }) => test)).size > 1;
  const first = (c: number) => columns.findIndex(({ test }) => test === columns[c]!.test) === c;
  const scores = columns.map((column, c) => {
    const n = itemsOf(section, c);
    const where = severalTests ? `${column.test} ` : '';
    return `${where}${headingOf(column)}${n === undefined ? '' : ` (n = ${n})`}`;
  });
  const tested = columns.flatMap(({ test }, c) =>
    reference && first(c) ? [`${severalTests ? `${test} ` : ''}against ${reference}`, 'p'] : [],
  );
  return {
    head: ['method', 'trainable', ...scores, ...tested, 'time', 'peak memory'],
    body: rows.map((row) => [
      nameText(row),
      trainableText(row),
      ...row.cells.map(scoreText),
      ...columns.flatMap((_, c) => {
        const difference = row.differences[c];
        return reference && first(c) ? [differenceText(difference), pText(difference?.adjustedP ?? difference?.p)] : [];
      }),
      secondsText(row),
      memoryText(row),
    ]),
  };
}
