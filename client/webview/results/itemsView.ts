/** The items of one run, or of several beside each other: how these differ, filters, list, and the chosen item at large. */
import type { ImageOptions, ItemFilter, ItemSet, Note, ResultItem, ToResultsPage } from '../../panels/protocol';
import { element, setText } from '../common/dom';
import { t } from '../common/l10n';
import { comparedRuns } from './comparedRuns';
import { type Details, details } from './details';
import { changedSides, filterItems, noFilter } from './filter';
import { ItemFilters } from './itemFilters';
import { ItemList } from './itemList';

export interface ItemsViewEvents {
  onFilter(filter: ItemFilter): void;
  onItem(id: string): void;
  onNote(run: string, set: string, item: string, note: Note): void;
  onRecord(run: string, set: string, item: string): void;
  onPicture(set: string, item: string, options: ImageOptions): void;
}

type Picture = Extract<ToResultsPage, { type: 'picture' }>;
type Items = Omit<Extract<ToResultsPage, { type: 'items' }>, 'type'>;

export class ItemsView {
  readonly root = element('section', { class: 'items-view', hidden: true });
  private readonly heading = element('h2');
  private readonly compared = element('div');
  private readonly count = element('p', { class: 'summary', role: 'status' });
  private readonly filters = new ItemFilters((filter) => this.onFilter(filter));
  private readonly list: ItemList;
  private readonly detail = element('div', { class: 'detail', 'aria-live': 'polite' });
  private content: Items = { runs: [], sets: [], comparison: { settings: [], metrics: [] } };
  private filter: ItemFilter = noFilter;
  private shown: (Pick<Details, 'receive'> & { set: string; item: string }) | undefined;

  constructor(private readonly events: ItemsViewEvents) {
    this.list = new ItemList((item) => {
      this.showDetails(item);
      events.onItem(item.id);
    });
    this.root.append(
      this.heading,
      this.compared,
      this.filters.root,
      this.count,
      element('div', { class: 'split' }, this.list.root, this.detail),
    );
  }

  /** A picture of another item came too late. */
  receive({ set, item, picture }: Picture): void {
    if (this.shown?.set === set && this.shown.item === item) this.shown.receive(picture);
  }

  hide(): void {
    this.root.hidden = true;
  }

  show(content: Items, filter: ItemFilter, itemId: string | undefined): void {
    this.root.hidden = false;
    this.content = content;
    this.filter = filter;
    const labels = content.runs.map(({ label }) => label);
    setText(this.heading, t('Items of {0}', labels.join(' · ')));
    const compared = comparedRuns(labels, content.comparison);
    this.compared.replaceChildren(...(compared ? [compared] : []));
    this.draw(itemId);
  }

  private current(): ItemSet | undefined {
    return this.content.sets.find(({ id }) => id === this.filter.set) ?? this.content.sets[0];
  }

  private onFilter(filter: ItemFilter): void {
    this.filter = filter;
    this.events.onFilter(filter);
    this.draw(this.detail.querySelector<HTMLElement>('[data-item]')?.dataset.item);
  }

  private draw(itemId: string | undefined): void {
    const set = this.current();
    const labels = this.content.runs.map(({ label }) => label);
    this.filters.show(this.content.sets, set, labels, this.filter);
    if (!set) {
      setText(this.count, t('There are no predictions of the same items.'));
      this.list.show([], undefined);
      this.detail.replaceChildren();
      return;
    }
    const items = filterItems(set, this.filter);
    setText(this.count, countText(set, items, labels));
    this.list.show(items, itemId);
    const item = items.find(({ id }) => id === itemId);
    if (item) this.showDetails(item);
    else
      this.detail.replaceChildren(element('p', { class: 'empty' }, t('Choose an item to see its image and scores.')));
  }

  private showDetails(item: ResultItem): void {
    const set = this.current();
    const { runs } = this.content;
    if (!set) return;
    const { root, receive } = details(item, runs, {
      onNote: (run, note) => {
        const answer = item.answers[runs.findIndex((one) => one.run === run)];
        if (answer) answer.note = note.flagged || note.text ? note : undefined;
        this.list.redraw();
        this.events.onNote(run, set.id, item.id, note);
      },
      onRecord: () => this.events.onRecord(runs[0]!.run, set.id, item.id),
      onPicture: (options) => this.events.onPicture(set.id, item.id, options),
    });
    this.shown = { set: set.id, item: item.id, receive };
    this.detail.replaceChildren(root);
  }
}

/** `12 of 119 items, 5 right by exact_match`, and of several runs each one's number, and how many changed sides. */
function countText(
  { items: all, metric, leftOut }: ItemSet,
  items: readonly ResultItem[],
  labels: readonly string[],
): string {
  const right = (r: number) => items.filter(({ answers }) => answers[r]?.verdict === 'right').length;
  const judged =
    labels.length > 1
      ? labels.map((label, r) => t(', {0}: {1} right', label, right(r))).join('') +
        t(', {0} changed sides', items.filter(changedSides).length)
      : t(', {0} right', right(0));
  const left = leftOut > 0 ? t('; {0} left out that not all runs were asked', leftOut) : '';
  return `${t('{0} of {1} items', items.length, all.length)}${metric ? t('{0} by {1}', judged, metric) : ''}${left}`;
}
