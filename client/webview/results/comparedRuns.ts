/** Several runs beside each other: the settings in which they differ, and their scores. */
import type { RunComparison } from '../../panels/protocol';
import { element } from '../common/dom';
import { t } from '../common/l10n';

/** @returns undefined for a single run */
export function comparedRuns(runs: readonly string[], { settings, metrics }: RunComparison): HTMLElement | undefined {
  if (runs.length < 2) return undefined;
  const heads = (first: string) =>
    element('thead', {}, element('tr', {}, ...[first, ...runs].map((text) => element('th', { scope: 'col' }, text))));
  const body = (rows: { name: string; cells: (string | Node)[][] }[]) =>
    element(
      'tbody',
      {},
      ...rows.map(({ name, cells }) =>
        element('tr', {}, element('th', { scope: 'row' }, name), ...cells.map((cell) => element('td', {}, ...cell))),
      ),
    );
  return element(
    'div',
    { class: 'scroll' },
    element(
      'table',
      { class: 'compared-metrics' },
      element(
        'caption',
        {},
        t(
          'Scores, and difference to {0} on the same items: points with 95 % interval (paired bootstrap); p not corrected.',
          runs[0]!,
        ),
      ),
      heads(t('score')),
      body(
        metrics.map(({ name, cells }) => ({
          name,
          cells: cells.map(({ score, difference }) => [
            score,
            ...(difference ? [element('span', { class: 'bracket block' }, difference)] : []),
          ]),
        })),
      ),
    ),
    settings.length > 0
      ? element(
          'details',
          { class: 'compared-settings', open: settings.length <= 12 },
          element('summary', {}, t('{0} settings differ', settings.length)),
          element(
            'table',
            {},
            heads(t('setting')),
            body(settings.map(({ path, values }) => ({ name: path, cells: values.map((value) => [value]) }))),
          ),
        )
      : element('p', { class: 'summary' }, t('No setting differs.')),
  );
}
