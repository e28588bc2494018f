/**
 * The comparison for spreadsheets and scripts (RFC 4180): one line a row, test split and metric; figures unrounded, scores in 0..1.
 * Its columns are always the same, with the settings that differ behind them where the arrangement asks for these.
 */
import { arrangedSection } from './arrange';
import type { Arrangement } from './arrangement';
import { csvLine } from './csv_fields';
import { settingsOf } from './row_settings';
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
  'skipped',
];

export function renderCsv(table: ComparisonTable, arrangement?: Arrangement): string {
  const sections = table.sections.map((section) => arrangedSection(section, arrangement));
  const paths = arrangement?.changed ? changedIn(table) : [];
  const lines = sections.flatMap(({ model, task, rows, columns, reference }) =>
    rows.flatMap((row) =>
      columns.map(({ test, role, metric, skipped }, c) => {
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
          skipped,
          ...paths.map((path) => row.settings[path]),
        ];
      }),
    ),
  );
  return [[...header, ...paths], ...lines].map(csvLine).join('');
}

/** Settings that differ within a section. */
function changedIn({ sections }: ComparisonTable): string[] {
  const settings = sections.flatMap(settingsOf).filter(({ changed }) => changed);
  return [...new Set(settings.map(({ path }) => path))];
}
