/**
 * The items of a run as a list of which only the rows in sight exist: 30,000 items scroll as 30 do.
 * A listbox: arrow keys, Page Up and Down, Home and End move the choice.
 */
import type { ResultItem } from '../../panels/protocol';
import { element } from '../common/dom';
import { t } from '../common/l10n';
import { changedSides } from './filter';
import { verdictSigns, verdictWords } from './verdicts';
import { visibleRange } from './visibleRange';

/** CSS pixels of a row; results.css has the same number. */
const rowHeight = 56;
/** Rows beyond the edge, so that a quick scroll does not show a gap. */
const margin = 6;

export class ItemList {
  readonly root = element('div', { class: 'items', role: 'listbox', tabindex: 0, 'aria-label': t('Items') });
  private readonly canvas = element('div', { class: 'items-canvas', role: 'presentation' });
  private items: readonly ResultItem[] = [];
  private chosen = -1;

  constructor(private readonly onChoose: (item: ResultItem) => void) {
    this.root.append(this.canvas);
    this.root.addEventListener('scroll', () => this.draw());
    this.root.addEventListener('keydown', (event) => this.onKey(event));
    new ResizeObserver(() => this.draw()).observe(this.root);
  }

  /** Lists these items; the choice stays with the item of this id, if it is still among them. */
  show(items: readonly ResultItem[], chosenId: string | undefined): void {
    this.items = items;
    this.chosen = items.findIndex(({ id }) => id === chosenId);
    this.canvas.style.height = `${items.length * rowHeight}px`;
    if (this.chosen >= 0) this.reveal();
    else this.root.scrollTop = 0;
    this.draw();
  }

  /** Draws what is in sight again, after something about it changed. */
  redraw(): void {
    this.draw();
  }

  private draw(): void {
    const { from, to } = visibleRange(
      this.root.scrollTop,
      this.root.clientHeight,
      rowHeight,
      this.items.length,
      margin,
    );
    const rows = this.items.slice(from, to).map((item, i) => this.row(item, from + i));
    this.canvas.replaceChildren(...rows);
    if (this.chosen >= from && this.chosen < to) this.root.setAttribute('aria-activedescendant', `item-${this.chosen}`);
    else this.root.removeAttribute('aria-activedescendant');
  }

  private row(item: ResultItem, index: number): HTMLElement {
    const [first] = item.answers;
    const several = item.answers.length > 1;
    const noted = item.answers.some(({ note }) => note);
    const row = element(
      'div',
      {
        id: `item-${index}`,
        class: 'item',
        role: 'option',
        'aria-selected': String(index === this.chosen),
        'aria-posinset': index + 1,
        'aria-setsize': this.items.length,
        'data-verdict': several ? undefined : first?.verdict,
        'data-changed': changedSides(item),
      },
      item.image
        ? element('img', { src: item.image, alt: '', loading: 'lazy' })
        : element('span', { class: 'no-image', ...(item.rendered ? { title: item.rendered } : {}) }, kindOf(item)),
      element(
        'div',
        { class: 'item-texts' },
        element('div', { class: 'question' }, item.question),
        element('div', {}, t('expected “{0}”, answered {1}', item.reference, answered(item))),
      ),
      element(
        'span',
        { class: 'verdict' },
        noted && '⚑ ',
        several || !first ? signs(item) : verdictWords[first.verdict],
      ),
    );
    row.style.top = `${index * rowHeight}px`;
    row.addEventListener('click', () => this.choose(index));
    return row;
  }

  private choose(index: number): void {
    const item = this.items[index];
    if (!item) return;
    this.chosen = index;
    this.reveal();
    this.draw();
    this.onChoose(item);
  }

  private reveal(): void {
    const top = this.chosen * rowHeight;
    const { scrollTop, clientHeight } = this.root;
    if (top < scrollTop) this.root.scrollTop = top;
    else if (top + rowHeight > scrollTop + clientHeight) this.root.scrollTop = top + rowHeight - clientHeight;
  }

  private onKey(event: KeyboardEvent): void {
    const page = Math.max(1, Math.floor(this.root.clientHeight / rowHeight) - 1);
    const last = this.items.length - 1;
    const to = {
      ArrowDown: this.chosen + 1,
      ArrowUp: this.chosen - 1,
      PageDown: this.chosen + page,
      PageUp: this.chosen - page,
      Home: 0,
      End: last,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.choose(Math.min(last, Math.max(0, to)));
  }
}

/** `DCM`: a picture for each row would be rendered for a glance; the item at large has it. */
function kindOf({ rendered = '' }: ResultItem): string {
  return (/\.([a-z0-9]+)(?:\.gz)?(?:#.*)?$/i.exec(rendered)?.[1] ?? '').toUpperCase();
}

/** `“yes”`, or of several runs `“yes” · “no”`. */
function answered({ answers }: ResultItem): string {
  return answers.map(({ prediction }) => `“${prediction}”`).join(' · ');
}

/** A sign for each run, in their order. */
function signs({ answers }: ResultItem): string {
  return answers.map(({ verdict }) => verdictSigns[verdict]).join(' ');
}
