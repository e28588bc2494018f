/** What all curves say at the cursor: a small table over the chart, on the side where the cursor is not. */
import { element } from '../common/dom';
import { t } from '../common/l10n';
import { figure } from '../common/words';
import type { Reading } from './chartData';
import { sample } from './sample';

/** More would cover the chart. */
const maximumRows = 12;

export class Readout {
  readonly root = element('div', { class: 'readout', hidden: true });

  show(heading: string, readings: readonly Reading[], onTheLeft: boolean): void {
    const rows = readings
      .slice(0, maximumRows)
      .map(({ line, value }) =>
        element(
          'tr',
          {},
          element('td', {}, sample(line.index)),
          element('th', { scope: 'row' }, line.label),
          element('td', { class: 'number' }, figure(value)),
        ),
      );
    const more = readings.length - rows.length;
    this.root.classList.toggle('left', onTheLeft);
    this.root.replaceChildren(
      element('p', {}, heading),
      element('table', {}, element('tbody', {}, ...rows)),
      ...(more > 0 ? [element('p', {}, t('and {0} more', more))] : []),
    );
    this.root.hidden = false;
  }

  hide(): void {
    this.root.hidden = true;
  }
}
