/** The curves as numbers: what the charts show, for those who do not see them, or want to read off a value. */
import { element } from '../common/dom';
import { t } from '../common/l10n';
import { figure } from '../common/words';
import type { Line } from './lines';

/** Rows at most; more steps than that are sampled evenly, the last always among them. */
const maximumRows = 50;

export function valueTable(caption: string, lines: readonly Line[]): HTMLElement {
  const all = [...new Set(lines.flatMap(({ steps }) => [...steps]))].sort((a, b) => a - b);
  const stride = Math.max(1, Math.ceil(all.length / maximumRows));
  const steps = all.filter((_, i) => (all.length - 1 - i) % stride === 0);
  const heads = [
    element('th', { scope: 'col' }, t('Step')),
    ...lines.map(({ label }) => element('th', { scope: 'col', class: 'number' }, label)),
  ];
  const lookUp = lines.map(({ steps, values }) => new Map(steps.map((step, i) => [step, values[i]])));
  const rows = steps.map((step) =>
    element(
      'tr',
      {},
      element('th', { scope: 'row' }, String(step)),
      ...lookUp.map((values) => element('td', { class: 'number' }, figure(values.get(step)))),
    ),
  );
  return element(
    'div',
    { class: 'scroll' },
    element(
      'table',
      {},
      element('caption', {}, stride > 1 ? t('{0} (every {1}th step)', caption, stride) : caption),
      element('thead', {}, element('tr', {}, ...heads)),
      element('tbody', {}, ...rows),
    ),
  );
}
