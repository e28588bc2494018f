/** The comparison for spreadsheets and scripts (RFC 4180): one line a row, test split and metric; figures unrounded, scores in 0..1. */
import type { ComparisonTable } from './table';

const header = [
  'model',
  'task',
  'row',
  'kind',
  'seeds',
  'trainable',
  'percent',
  'test',
  'role',
  'metric',
  'value',
  'n',
  'low',
  'high',
  'sd',
  'reference',
  'difference',
  'test_of_difference',
  'p',
  'adjusted_p',
  'blank_images',
  'drop',
  'seconds',
  'peak_memory_bytes',
  'remarks',
];

export function renderCsv(table: ComparisonTable): string {
  const lines = table.sections.flatMap(({ model, task, rows, columns, reference }) =>
    rows.flatMap((row) =>
      columns.map(({ test, role, metric }, c) => {
        const cell = row.cells[c];
        const difference = row.differences[c];
        return [
          model,
          task,
          row.label,
          row.kind,
          row.seeds.join(' '),
          row.trainable,
          row.percent,
          test,
          role,
          metric,
          cell?.value,
          cell?.n,
          cell?.low,
          cell?.high,
          cell?.sd,
          difference && reference,
          difference?.value,
          difference?.test,
          difference?.p,
          difference?.adjustedP,
          row.blank[c]?.value,
          row.drops[c],
          row.seconds,
          row.peakMemoryBytes,
          row.remarks.flatMap((remark) => (remark.test === test ? remark.text : [])).join('; '),
        ];
      }),
    ),
  );
  return [header, ...lines].map((line) => `${line.map(field).join(',')}\r\n`).join('');
}

function field(value: string | number | null | undefined): string {
  const text = value == null ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
