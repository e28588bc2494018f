/** How a reader wants a section: which rows and columns, in which order. The command line and the results view arrange by the same rules. */
import { MedpeftError } from '../errors';
import { nearest } from '../spec/nearest';
import type { Arrangement } from './arrangement';
import { nameText } from './format';
import { type GridColumn, gridColumns } from './grid_columns';
import { settingKey, settingsOf } from './row_settings';
import type { ComparisonRow, ComparisonSection } from './table';

export interface RowGroup {
  /** Value of the setting that is grouped by; absent without one. */
  name?: string;
  rows: ComparisonRow[];
}

/** What a section shows under an arrangement. Baselines, the untuned base and the reference stay in sight whatever is filtered. */
export interface Arranged {
  columns: GridColumn[];
  /** Columns that are left out, and may be brought in. */
  hidden: GridColumn[];
  baselines: ComparisonRow[];
  groups: RowGroup[];
}

export function arrange(section: ComparisonSection, arrangement: Arrangement = {}): Arranged {
  const all = gridColumns(section);
  const [columns, hidden] = arrangedColumns(all, section, arrangement);
  const methods = section.rows.filter(({ kind }) => kind !== 'baseline');
  const kept = methods.filter((row) => isAnchor(row, section) || passes(row, arrangement));
  const by = all.find(({ key }) => key === arrangement.sort?.column);
  const rows = by ? sorted(kept, by, arrangement.sort!.descending) : kept;
  return {
    columns,
    hidden,
    baselines: section.rows.filter(({ kind }) => kind === 'baseline'),
    groups: grouped(rows, all, arrangement.group),
  };
}

/** The section with the arranged rows alone, in their order. */
export function arrangedSection(section: ComparisonSection, arrangement: Arrangement = {}): ComparisonSection {
  const { baselines, groups } = arrange(section, arrangement);
  return { ...section, rows: [...baselines, ...groups.flatMap(({ rows }) => rows)] };
}

/**
 * The key of the column that a user means by its key or its heading, or the path of the setting.
 * @throws MP4009 where no section has it
 */
export function columnNamed(sections: readonly ComparisonSection[], name: string): string {
  const columns = sections.flatMap(gridColumns);
  const plain = ({ head }: GridColumn) => head.replace(/ \(n = \d+\)$/, '');
  const found =
    columns.find(({ key, head }) => key === name || head === name) ??
    columns.find((column) => plain(column) === name) ??
    columns.find(({ setting }) => setting?.endsWith(`.${name}`));
  if (found) return found.key;
  const names = [...new Set(columns.map(plain))];
  const near = nearest(name, names);
  throw new MedpeftError(
    'MP4009',
    `there is no column ${name}`,
    near ? `did you mean ${near}?` : `columns: ${names.join(', ')}`,
  );
}

function isAnchor({ kind, label }: ComparisonRow, { reference }: ComparisonSection): boolean {
  return kind === 'base' || label === reference;
}

function passes(row: ComparisonRow, { filter = '', starred }: Arrangement): boolean {
  if (starred && !row.starred) return false;
  return filter
    .toLowerCase()
    .split(/\s+/)
    .filter(Boolean)
    .every((word) => nameText(row).toLowerCase().includes(word) || hasSetting(row, word));
}

function hasSetting({ settings }: ComparisonRow, word: string): boolean {
  const [, name, value] = /^([^=]+)=(.*)$/.exec(word) ?? [];
  if (name === undefined) return false;
  return Object.entries(settings).some(([path, text]) => {
    const lower = path.toLowerCase();
    return (lower === name || lower.endsWith(`.${name}`)) && text.toLowerCase() === value;
  });
}

function arrangedColumns(
  all: readonly GridColumn[],
  section: ComparisonSection,
  { hidden = [], order = [], changed, group }: Arrangement,
): [GridColumn[], GridColumn[]] {
  const differing = new Set(settingsOf(section).flatMap((setting) => (setting.changed ? [setting.path] : [])));
  const asked = ({ key, setting }: GridColumn) =>
    setting === undefined || (changed && differing.has(setting)) || setting === group || order.includes(key);
  const rank = ({ key }: GridColumn) => {
    const place = order.indexOf(key);
    if (key === 'method') return -1; // names the row
    return place < 0 ? order.length : place;
  };
  const shown = (column: GridColumn) => column.pinned || (asked(column) && !hidden.includes(column.key));
  return [all.filter(shown).sort((a, b) => rank(a) - rank(b)), all.filter((column) => !shown(column))];
}

function sorted(rows: readonly ComparisonRow[], { cell }: GridColumn, descending: boolean): ComparisonRow[] {
  return [...rows].sort((a, b) => {
    const [x, y] = [cell(a).sort, cell(b).sort];
    if (x === undefined || y === undefined) return Number(x === undefined) - Number(y === undefined);
    const order = typeof x === 'number' && typeof y === 'number' ? x - y : String(x).localeCompare(String(y));
    return descending ? -order : order;
  });
}

/** Groups in the order of their values, rows within them in theirs; those without the setting last. */
function grouped(rows: ComparisonRow[], columns: readonly GridColumn[], path: string | undefined): RowGroup[] {
  const by = path === undefined ? undefined : columns.find(({ key }) => key === settingKey(path));
  if (!by) return [{ rows }];
  const groups = new Map<string, ComparisonRow[]>();
  for (const row of sorted(rows, by, false)) {
    const name = by.cell(row).text;
    groups.set(name, [...(groups.get(name) ?? []), row]);
  }
  return [...groups].map(([name, members]) => ({ name, rows: rows.filter((row) => members.includes(row)) }));
}
