/** The items of one run: filters, list, and the chosen item at large. */
import type { ItemFilter, ItemSet, ResultItem } from '../../panels/protocol';
import { element, fillSelection, labelled, selection, setText } from '../common/dom';
import { details } from './details';
import { filterItems, noFilter, verdictOf } from './filter';
import { ItemList } from './itemList';

export interface ItemsViewEvents {
  onFilter(filter: ItemFilter): void;
  onItem(id: string): void;
}

export class ItemsView {
  readonly root = element('section', { class: 'items-view', hidden: true });
  private readonly heading = element('h2');
  private readonly count = element('p', { class: 'summary', role: 'status' });
  private readonly set = selection([], '');
  private readonly verdict = selection(
    [
      ['all', 'all'],
      ['right', 'right'],
      ['wrong', 'wrong'],
    ],
    'all',
  );
  private readonly answerType = selection(
    [
      ['all', 'all'],
      ['closed', 'closed'],
      ['open', 'open'],
    ],
    'all',
  );
  private readonly text = element('input', { type: 'search', placeholder: 'words of question or answer' });
  private readonly list: ItemList;
  private readonly detail = element('div', { class: 'detail', 'aria-live': 'polite' });
  private sets: readonly ItemSet[] = [];
  private filter: ItemFilter = noFilter;

  constructor(private readonly events: ItemsViewEvents) {
    this.list = new ItemList(
      (item) => verdictOf(item, this.current()?.metric),
      (item) => {
        this.showDetails(item);
        events.onItem(item.id);
      },
    );
    for (const [control, kind] of [
      [this.set, 'change'],
      [this.verdict, 'change'],
      [this.answerType, 'change'],
      [this.text, 'input'],
    ] as const)
      control.addEventListener(kind, () => this.onControls());
    this.root.append(
      this.heading,
      element(
        'div',
        { class: 'controls' },
        labelled('Predictions', this.set),
        labelled('Verdict', this.verdict),
        labelled('Answer type', this.answerType),
        labelled('Search', this.text),
      ),
      this.count,
      element('div', { class: 'split' }, this.list.root, this.detail),
    );
  }

  show(label: string, sets: readonly ItemSet[], filter: ItemFilter, itemId: string | undefined): void {
    this.root.hidden = false;
    setText(this.heading, `Items of ${label}`);
    this.sets = sets;
    this.filter = filter;
    fillSelection(
      this.set,
      sets.map(({ id, label }) => [id, label]),
      this.current()?.id ?? '',
    );
    this.verdict.value = filter.verdict;
    this.answerType.value = filter.answerType;
    this.text.value = filter.text;
    this.draw(itemId);
  }

  private current(): ItemSet | undefined {
    return this.sets.find(({ id }) => id === this.filter.set) ?? this.sets[0];
  }

  private onControls(): void {
    this.filter = {
      set: this.set.value || undefined,
      verdict: this.verdict.value as ItemFilter['verdict'],
      answerType: this.answerType.value as ItemFilter['answerType'],
      text: this.text.value,
    };
    this.events.onFilter(this.filter);
    this.draw(this.detail.querySelector<HTMLElement>('[data-item]')?.dataset.item);
  }

  private draw(itemId: string | undefined): void {
    const set = this.current();
    if (!set) {
      setText(this.count, 'This run has no predictions.');
      this.list.show([], undefined);
      return;
    }
    const items = filterItems(set, this.filter);
    const right = items.filter((item) => verdictOf(item, set.metric) === 'right').length;
    const judged = set.metric ? `, ${right} right by ${set.metric}` : '';
    setText(this.count, `${items.length} of ${set.items.length} items${judged}`);
    this.list.show(items, itemId);
    const item = items.find(({ id }) => id === itemId);
    if (item) this.showDetails(item);
    else this.detail.replaceChildren(element('p', { class: 'empty' }, 'Choose an item to see its image and scores.'));
  }

  private showDetails(item: ResultItem): void {
    this.detail.replaceChildren(details(item, verdictOf(item, this.current()?.metric)));
  }
}
