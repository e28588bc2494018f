/** What stands above the tables: grouping, reference, filters, columns, and exports. */
import type { Arrangement, ResultsTable, ResultsViewState, ToResultsPage } from '../../panels/protocol';
import { element, fillSelection, labelled, selection } from '../common/dom';
import { t } from '../common/l10n';
import { ColumnsMenu } from './columnsMenu';

type Hydrate = Extract<ToResultsPage, { type: 'hydrate' }>;

export interface TableControlsEvents {
  onArrange(part: Partial<Arrangement>): void;
  onReference(reference: string | undefined): void;
  onExport(kind: string): void;
  onExportNotes(): void;
}

const notesKind = 'notes';

export class TableControls {
  readonly root = element('div', { class: 'controls', role: 'toolbar', 'aria-label': t('Table') });
  private readonly group = selection([], '');
  private readonly reference = selection([], '');
  private readonly filter = element('input', {
    type: 'search',
    placeholder: t('name, or rank=8'),
    title: t('Words of a name, or setting=value. The base, the reference and the baselines stay.'),
  });
  private readonly changed = element('input', { type: 'checkbox' });
  private readonly starred = element('input', { type: 'checkbox' });
  private readonly columns: ColumnsMenu;
  private readonly kind = selection([], '');

  constructor(events: TableControlsEvents) {
    this.columns = new ColumnsMenu((part) => events.onArrange(part));
    this.group.addEventListener('change', () => events.onArrange({ group: this.group.value || undefined }));
    this.reference.addEventListener('change', () => events.onReference(this.reference.value || undefined));
    this.filter.addEventListener('input', () => events.onArrange({ filter: this.filter.value }));
    this.changed.addEventListener('change', () => events.onArrange({ changed: this.changed.checked }));
    this.starred.addEventListener('change', () => events.onArrange({ starred: this.starred.checked }));
    const save = element('button', { type: 'button' }, t('Save…'));
    save.addEventListener('click', () =>
      this.kind.value === notesKind ? events.onExportNotes() : events.onExport(this.kind.value),
    );
    this.root.append(
      labelled(t('Group by'), this.group),
      labelled(t('Difference to'), this.reference),
      labelled(t('Rows'), this.filter),
      labelled(t('Settings that differ'), this.changed),
      labelled(t('Starred'), this.starred),
      this.columns.root,
      labelled(t('Export as'), this.kind),
      save,
    );
  }

  show({ tables, exports }: Hydrate, { arrangement, reference }: ResultsViewState): void {
    const unique = (texts: string[]) => [...new Set(texts)];
    const settings = (changed: boolean) =>
      unique(
        tables.flatMap((table) => table.settings.filter((one) => one.changed === changed).map(({ path }) => path)),
      );
    fillSelection(
      this.group,
      [
        ['', t('nothing')],
        ...settings(true).map((path) => [path, path] as const),
        ...settings(false).map((path) => [path, t('{0} (same)', path)] as const),
      ],
      arrangement.group ?? '',
    );
    const references = unique(tables.flatMap((table) => table.references));
    fillSelection(
      this.reference,
      [['', t('as the spec says')], ...references.map((label) => [label, label] as const)],
      reference ?? '',
    );
    if (document.activeElement !== this.filter) this.filter.value = arrangement.filter ?? '';
    this.changed.checked = arrangement.changed === true;
    this.starred.checked = arrangement.starred === true;
    this.columns.show(mergedColumns(tables), arrangement);
    fillSelection(
      this.kind,
      [...exports.map(({ kind, name }) => [kind, name] as const), [notesKind, t('Notes (CSV)')]],
      this.kind.value || (exports[0]?.kind ?? notesKind),
    );
  }
}

/** Columns of all tables, those that are shown first. */
function mergedColumns(tables: readonly ResultsTable[]) {
  const found = new Map(
    [...tables.flatMap(({ columns }) => columns), ...tables.flatMap(({ hidden }) => hidden)].map((column) => [
      column.key,
      column,
    ]),
  );
  const shown = new Set(tables.flatMap(({ columns }) => columns.map(({ key }) => key)));
  return [...found.values()].map((column) => ({ ...column, shown: shown.has(column.key) }));
}
