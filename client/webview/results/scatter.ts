/** Scores against what they cost, as the reports draw them. */
import type { Cost, ResultsTable } from '../../panels/protocol';
import { element, labelled, selection } from '../common/dom';
import { t } from '../common/l10n';

const costWords: readonly (readonly [Cost, string])[] = [
  ['trainable', t('trainable share')],
  ['memory', t('peak memory')],
  ['time', t('time')],
];

/** @returns undefined where no plot has two methods */
export function scatter(tables: readonly ResultsTable[], cost: Cost, onCost: (cost: Cost) => void) {
  const plots = tables.flatMap((table) => table.plots);
  if (plots.length === 0) return undefined;
  const against = selection(costWords, cost);
  against.dataset.focus = 'cost';
  against.addEventListener('change', () => onCost(against.value as Cost));
  return element(
    'section',
    { class: 'scatter' },
    element('div', { class: 'controls' }, labelled(t('Score against'), against)),
    ...plots.map(({ svg, caption }) =>
      element('figure', {}, drawn(svg), element('figcaption', { class: 'summary' }, caption)),
    ),
  );
}

/** Parsed as XML: a script in it would neither run here nor be let in by the page's policy. */
function drawn(svg: string): Node {
  return document.importNode(new DOMParser().parseFromString(svg, 'image/svg+xml').documentElement, true);
}
