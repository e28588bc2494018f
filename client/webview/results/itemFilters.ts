/** The filters over the items: predictions, verdict, facets, notes, words. */
import type { ItemFilter, ItemSet } from '../../panels/protocol';
import { element, fillSelection, labelled, selection } from '../common/dom';
import { t } from '../common/l10n';
import { facetsOf, noFilter } from './filter';

export class ItemFilters {
  readonly root = element('div', { class: 'controls', role: 'search', 'aria-label': t('Items') });
  private readonly set = selection([], '');
  private readonly verdict = selection([], 'all');
  private readonly facets = element('div', { class: 'controls facets' });
  private readonly noted = element('input', { type: 'checkbox' });
  private readonly text = element('input', { type: 'search', placeholder: t('words of question or answer') });
  private filter: ItemFilter = noFilter;

  constructor(private readonly onChange: (filter: ItemFilter) => void) {
    for (const control of [this.set, this.verdict, this.noted])
      control.addEventListener('change', () => this.changed());
    this.text.addEventListener('input', () => this.changed());
    this.root.append(
      labelled(t('Predictions'), this.set),
      labelled(t('Verdict'), this.verdict),
      this.facets,
      labelled(t('Flagged or noted'), this.noted),
      labelled(t('Search'), this.text),
    );
  }

  show(sets: readonly ItemSet[], current: ItemSet | undefined, runs: readonly string[], filter: ItemFilter): void {
    this.filter = filter;
    fillSelection(
      this.set,
      sets.map(({ id, label }) => [id, label]),
      current?.id ?? '',
    );
    const verdicts = verdictChoices(runs);
    const known = verdicts.some(([value]) => value === filter.verdict);
    fillSelection(this.verdict, verdicts, known ? filter.verdict : 'all');
    this.noted.checked = filter.noted;
    if (document.activeElement !== this.text) this.text.value = filter.text;
    this.showFacets(current ? facetsOf(current) : []);
  }

  private showFacets(facets: readonly { name: string; values: string[] }[]): void {
    const controls = [...this.facets.querySelectorAll('select')];
    const same = controls.map(({ dataset }) => dataset.facet).join('\n') === facets.map(({ name }) => name).join('\n');
    if (!same)
      this.facets.replaceChildren(
        ...facets.map(({ name }) => {
          const select = selection([], '');
          select.dataset.facet = name;
          select.addEventListener('change', () => this.changed());
          return labelled(name.replaceAll('_', ' '), select);
        }),
      );
    for (const [f, select] of [...this.facets.querySelectorAll('select')].entries()) {
      const { name, values } = facets[f]!;
      const chosen = this.filter.facets[name] ?? '';
      fillSelection(
        select,
        [['', t('all')], ...values.map((value) => [value, value || t('(empty)')] as const)],
        values.includes(chosen) ? chosen : '',
      );
    }
  }

  private changed(): void {
    const chosen = [...this.facets.querySelectorAll('select')].flatMap(({ dataset, value }): [string, string][] =>
      value && dataset.facet ? [[dataset.facet, value]] : [],
    );
    this.filter = {
      set: this.set.value || undefined,
      verdict: this.verdict.value,
      facets: Object.fromEntries(chosen),
      noted: this.noted.checked,
      text: this.text.value,
    };
    this.onChange(this.filter);
  }
}

/** Of several runs, also those that changed sides, and each way from one run to another. */
function verdictChoices(runs: readonly string[]): [string, string][] {
  const several = runs.length > 1;
  const ways = runs.flatMap((from, f) =>
    runs.flatMap((to, g): [string, string][] =>
      f === g ? [] : [[`${f}>${g}`, t('wrong in {0}, right in {1}', from, to)]],
    ),
  );
  return [
    ['all', t('all')],
    ['right', several ? t('right in all') : t('right')],
    ['wrong', several ? t('wrong in all') : t('wrong')],
    ...(several ? ([['changed', t('changed sides')]] as [string, string][]) : []),
    ...ways,
  ];
}
