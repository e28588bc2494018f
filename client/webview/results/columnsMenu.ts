/** Which columns stand in the table, and in which order. */
import type { Arrangement, TableColumn } from '../../panels/protocol';
import { element } from '../common/dom';
import { t } from '../common/l10n';

type Column = TableColumn & { shown: boolean };

export class ColumnsMenu {
  readonly root = element('details', { class: 'columns' });
  private readonly list = element('ul');

  constructor(private readonly onArrange: (part: Partial<Arrangement>) => void) {
    this.root.append(element('summary', {}, t('Columns')), this.list);
  }

  show(columns: readonly Column[], { hidden = [], order = [] }: Arrangement): void {
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.focus : undefined;
    const keys = columns.filter(({ shown }) => shown).map(({ key }) => key);
    const toggle = ({ key, shown }: Column) =>
      this.onArrange({
        hidden: shown ? [...hidden, key] : hidden.filter((one) => one !== key),
        // settings are no columns until they are asked for by name
        order: shown || order.includes(key) ? order : [...keys, key],
      });
    const move = (key: string, by: -1 | 1) => {
      const at = keys.indexOf(key);
      const moved = keys.filter((one) => one !== key);
      moved.splice(at + by, 0, key);
      this.onArrange({ order: moved });
    };
    this.list.replaceChildren(
      ...columns.map((column) => {
        const { key, head, pinned, shown } = column;
        const box = element('input', { type: 'checkbox', disabled: pinned, 'data-focus': `shown ${key}` });
        box.checked = shown;
        box.addEventListener('change', () => toggle(column));
        const step = (by: -1 | 1, sign: string, word: string, said: string, possible: boolean) => {
          const button = element(
            'button',
            {
              type: 'button',
              class: 'quiet',
              disabled: !possible,
              'data-focus': `${word} ${key}`,
              'aria-label': said,
            },
            sign,
          );
          button.addEventListener('click', () => move(key, by));
          return button;
        };
        const at = keys.indexOf(key);
        return element(
          'li',
          {},
          element('label', {}, box, ` ${head}`),
          shown && at > 0 && step(-1, '↑', 'forward', t('Move {0} forward', head), at > 1),
          shown && at > 0 && step(1, '↓', 'back', t('Move {0} back', head), at < keys.length - 1),
        );
      }),
    );
    if (focused) this.list.querySelector<HTMLElement>(`[data-focus="${CSS.escape(focused)}"]`)?.focus();
  }
}
