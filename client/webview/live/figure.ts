/** A chart with what is chosen for it: the quantity, a logarithmic axis, and the way back out of a zoom. */
import type { ChartView } from '../../panels/protocol';
import { element, fillSelection, selection } from '../common/dom';
import { t } from '../common/l10n';
import { Chart } from './chart';
import type { Scaling } from './chartData';
import type { Line } from './lines';

export interface FigureContent {
  quantity: string;
  quantities: readonly string[];
  view: ChartView;
  lines: readonly Line[];
  axis: 'step' | 'epoch' | 'time';
  scaling: Scaling;
}

export class Figure {
  readonly root: HTMLElement;
  private readonly quantity = selection([], '');
  private readonly log = element('input', { type: 'checkbox' });
  private readonly whole = element('button', { type: 'button', class: 'quiet', hidden: true }, t('Show all'));
  private readonly chart: Chart;

  /** @param name which of the charts, for those who do not see it */
  constructor(name: string, onChange: (part: Partial<ChartView>) => void) {
    this.chart = new Chart((zoom) => onChange({ zoom }));
    this.quantity.setAttribute('aria-label', t('{0}: quantity', name));
    this.quantity.addEventListener('change', () => onChange({ quantity: this.quantity.value, zoom: undefined }));
    this.log.addEventListener('change', () => onChange({ logScale: this.log.checked, zoom: undefined }));
    this.whole.addEventListener('click', () => onChange({ zoom: undefined }));
    this.root = element(
      'section',
      { class: 'chart', 'aria-label': name },
      element(
        'div',
        { class: 'chart-head' },
        this.quantity,
        element('label', { class: 'control' }, this.log, element('span', {}, t('log'))),
        this.whole,
      ),
      this.chart.root,
    );
  }

  show({ quantity, quantities, view, lines, axis, scaling }: FigureContent): void {
    const known = quantities.includes(quantity) ? quantities : [quantity, ...quantities];
    fillSelection(
      this.quantity,
      known.map((name) => [name, name]),
      quantity,
    );
    this.log.checked = view.logScale;
    this.whole.hidden = view.zoom === undefined;
    this.chart.show({ quantity, lines, axis, scaling, zoom: view.zoom });
  }

  redraw(): void {
    this.chart.redraw();
  }
}
