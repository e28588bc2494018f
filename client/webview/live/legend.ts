/** The runs as buttons that switch their curves on and off, however many there are. Changed in place, so that focus stays. */
import { element, setText } from '../common/dom';
import { t } from '../common/l10n';
import { labelOf, type ShownRun } from './model';
import { sample } from './sample';

interface Entry {
  root: HTMLElement;
  button: HTMLButtonElement;
  label: HTMLElement;
}

export interface LegendEvents {
  onToggle(run: string): void;
  /** All curves on, or all off. */
  onAll(shown: boolean): void;
}

export class Legend {
  readonly root: HTMLElement;
  private readonly list = element('ul', { class: 'legend', 'aria-label': t('Curves') });
  private readonly all = element('button', { type: 'button', class: 'quiet' });
  private readonly entries = new Map<string, Entry>();
  private anyHidden = false;

  constructor(private readonly events: LegendEvents) {
    this.all.addEventListener('click', () => this.events.onAll(this.anyHidden));
    this.root = element('div', { class: 'legend-row' }, this.list, this.all);
  }

  /** @param inSight the runs that are drawn: fewer than are switched on, if only the best are wanted */
  update(runs: readonly ShownRun[], hidden: readonly string[], inSight: readonly ShownRun[]): void {
    for (const [run, { root }] of this.entries) {
      if (runs.some((shown) => shown.run === run)) continue;
      root.remove();
      this.entries.delete(run);
    }
    for (const run of runs) {
      const { button, label } = this.entries.get(run.run) ?? this.add(run);
      const on = !hidden.includes(run.run);
      const drawn = inSight.includes(run);
      setText(label, labelOf(run, runs));
      button.setAttribute('aria-pressed', String(on));
      button.classList.toggle('out', !drawn);
      button.title = !on
        ? t('Show this curve')
        : drawn
          ? t('Hide this curve')
          : t('Not among the best: “Runs” says how many are drawn');
    }
    this.anyHidden = hidden.some((run) => this.entries.has(run));
    this.all.hidden = runs.length < 2;
    setText(this.all, this.anyHidden ? t('show all') : t('hide all'));
  }

  private add(run: ShownRun): Entry {
    const label = element('span');
    const button = element('button', { type: 'button', class: 'chip', 'data-run': run.run }, sample(run.index), label);
    button.addEventListener('click', () => this.events.onToggle(run.run));
    const entry = { root: element('li', {}, button), button, label };
    this.list.append(entry.root);
    this.entries.set(run.run, entry);
    return entry;
  }
}
