/** Figures as the reports show them: scores in percent, one digit, as tables of the field do. */
import { bytes, duration } from '../text';
import type { Cell, ComparisonColumn, ComparisonRow, ComparisonSection, ComparisonTable, Difference } from './table';

/** Metrics whose tables have a customary short heading. The metric's own name stands in the section's head. */
const headings: Record<string, string> = { exact_match: 'overall', closed_accuracy: 'closed', open_accuracy: 'open' };

export function headingOf({ metric }: ComparisonColumn): string {
  return headings[metric] ?? metric;
}

/** Every heading that is not the metric's own name, explained: `overall = exact_match`. */
export function explainHeadings(columns: readonly ComparisonColumn[]): string[] {
  const explained = columns
    .filter(({ metric }) => headings[metric])
    .map((column) => `${headingOf(column)} = ${column.metric}`);
  return [...new Set(explained)];
}

export function percent(value: number): string {
  return (100 * value).toFixed(1);
}

/** `41.2 [32.8, 50.2]`, or over seeds `41.2 ± 1.3`. */
export function scoreText(cell: Cell | undefined): string {
  if (cell?.value == null) return '–';
  if (cell.sd !== undefined) return `${percent(cell.value)} ± ${percent(cell.sd)}`;
  const { low, high } = cell;
  return low === undefined || high === undefined
    ? percent(cell.value)
    : `${percent(cell.value)} [${percent(low)}, ${percent(high)}]`;
}

/** `41.2 [33, 50]`: the interval in whole points, where room is short. */
export function shortScoreText(cell: Cell | undefined): string {
  if (cell?.value == null || cell.low === undefined || cell.high === undefined) return scoreText(cell);
  return `${percent(cell.value)} [${Math.round(100 * cell.low)}, ${Math.round(100 * cell.high)}]`;
}

/** `+3.4`, in points. */
export function differenceText(difference: Difference | undefined): string {
  if (!difference) return '–';
  const points = percent(difference.value);
  if (points === '-0.0') return '+0.0';
  return difference.value >= 0 ? `+${points}` : points;
}

/** `+3.4`, in points; a gap where there is none. */
export function signedText(value: number | undefined): string {
  return value === undefined ? '–' : differenceText({ value });
}

/** Corrected p below 0.05, 0.01, 0.001: a star each if the method is better than the reference, a dagger each if it is worse. */
export function markOf(difference: Difference | undefined): string {
  const p = difference?.adjustedP ?? difference?.p;
  if (!difference || p === undefined || difference.value === 0) return '';
  const level = [0.05, 0.01, 0.001].filter((limit) => p < limit).length;
  return (difference.value > 0 ? '*' : '†').repeat(level);
}

export function pText(p: number | undefined): string {
  if (p === undefined) return '–';
  return p < 0.001 ? '<0.001' : p.toFixed(3);
}

/** `7,168 (0.273 %)` */
export function trainableText({ trainable, percent: share }: ComparisonRow): string {
  if (trainable === undefined) return '–';
  if (trainable === 0 || share === undefined) return count(trainable);
  return `${count(trainable)} (${shareText(share)} %)`;
}

/** A share in percent by three significant digits, never in powers of ten. */
export function shareText(share: number): string {
  return share >= 1e-6
    ? Number(share.toPrecision(3)).toLocaleString('en', { maximumFractionDigits: 12, useGrouping: false })
    : share.toExponential(1);
}

export function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

export function secondsText({ seconds }: ComparisonRow): string {
  return seconds === undefined ? '–' : duration(seconds);
}

export function memoryText({ peakMemoryBytes }: ComparisonRow): string {
  return peakMemoryBytes === undefined ? '–' : bytes(peakMemoryBytes);
}

/** The number of items behind a column, if it is the same in all rows. */
export function itemsOf(section: ComparisonSection, column: number): number | undefined {
  const counts = new Set(section.rows.flatMap(({ cells }) => cells[column]?.n ?? []));
  return counts.size === 1 ? [...counts][0] : undefined;
}

/** `constant answer`, `lora`; of several seeds `lora (3 seeds)`. */
export function nameText({ kind, label, seeds }: ComparisonRow): string {
  const name = kind === 'baseline' ? label.replaceAll('_', ' ') : label;
  return seeds.length > 1 ? `${name} (${seeds.length} seeds)` : name;
}

/** The verdicts as sentences, for formats that have no room for them beside the figures. */
export function verdicts({ rows, columns }: ComparisonSection): string[] {
  const severalTests = new Set(columns.map(({ test }) => test)).size > 1;
  return rows.flatMap((row) => {
    const texts = row.remarks.map(({ test, text }) => (severalTests ? `${text} on ${test}` : text));
    return texts.length ? [`${nameText(row)}: ${texts.join('; ')}.`] : [];
  });
}

/** Sentences that stand under a section's table, whatever the format. */
export function footnotes(section: ComparisonSection): string[] {
  const headings = explainHeadings(section.columns);
  const severalSeeds = section.rows.some(({ seeds }) => seeds.length > 1);
  const spread = severalSeeds
    ? 'mean ± standard deviation over seeds, or of a single run its 95 % interval over items'
    : 'with 95 % intervals over items';
  return [
    `Scores in percent, ${spread}${headings.length ? `; ${headings.join(', ')}` : ''}.`,
    ...(section.columns.some(({ metric }) => metric === 'cider')
      ? ['cider is shown times 100, too, and reaches 1000.']
      : []),
    ...section.rows.flatMap(({ kind, label, description }) =>
      kind === 'baseline' && description ? [`${label.replaceAll('_', ' ')}: ${description}.`] : [],
    ),
    ...testNote(section),
    ...markNote(section),
    ...controlNotes(section),
    ...seedNote(section),
    ...section.notes,
  ];
}

/** Runs that stand in no table, in words; nothing if there are none. */
export function unfinishedNotes({ unfinished }: ComparisonTable): string[] {
  if (unfinished.length === 0) return [];
  return [
    `Not in the table, since they have no result: ${unfinished.map(({ id, state }) => `${id} (${state})`).join(', ')}.`,
  ];
}

const testNames = {
  mcnemar: 'exact McNemar test',
  permutation: 'paired permutation test (of several seeds: of the mean over seeds of each item)',
};

/** Which tests the p values come from, and how they are corrected. */
function testNote({ rows, reference, correction }: ComparisonSection): string[] {
  const used = new Set(rows.flatMap(({ differences }) => differences.flatMap((difference) => difference?.test ?? [])));
  if (!reference || used.size === 0) return [];
  const names = (['mcnemar', 'permutation'] as const).filter((test) => used.has(test)).map((test) => testNames[test]);
  const severalSeeds = rows.some(({ seeds }) => seeds.length > 1);
  const meaning = severalSeeds
    ? ' It says whether these items tell the methods apart, not whether other seeds would.'
    : '';
  const corrected = correction === 'holm' ? ", Holm's correction over the methods of each column" : ', not corrected';
  return [`p: two-sided ${names.join(' or ')} against ${reference} on the same items${corrected}.${meaning}`];
}

function markNote({ rows, reference }: ComparisonSection): string[] {
  const marks = rows.flatMap(({ differences }) => differences.map(markOf)).join('');
  const told = [
    ...(marks.includes('*') ? ['* ** ***: better'] : []),
    ...(marks.includes('†') ? ['† †† †††: worse'] : []),
  ];
  return told.length > 0 ? [`${told.join(', ')} than ${reference} with that p below 0.05, 0.01, 0.001.`] : [];
}

function controlNotes({ rows, domain }: ComparisonSection): string[] {
  return [
    ...(rows.some(({ blank }) => blank.some(Boolean))
      ? ['blank images: the score of the same model when every test image is black.']
      : []),
    ...(rows.some(({ drops }) => drops.some((drop) => drop !== undefined))
      ? [
          `drop: points lost from ${domain} (in domain) to the other test set, same metric; how much harder that set is, the drops of base and baselines say.`,
        ]
      : []),
  ];
}

/** An untuned model answers alike whatever the seed: one run is all of it. */
function seedNote({ rows }: ComparisonSection): string[] {
  const counts = new Set(rows.flatMap(({ kind, seeds }) => (kind === 'method' ? [seeds.length] : [])));
  return counts.size > 1
    ? ['The methods have different numbers of seeds: their means and spreads are not equally sure.']
    : [];
}
