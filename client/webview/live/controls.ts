/** What is chosen for both charts: the x axis, smoothing, how many runs, and whether outliers are left out. */
import type { LiveViewState, XAxis } from '../../panels/protocol';
import { element, labelled, selection, setText } from '../common/dom';

const axes: readonly (readonly [XAxis, string])[] = [
  ['step', 'step'],
  ['epoch', 'epoch'],
  ['time', 'time'],
];
const tops: readonly (readonly [string, string])[] = [
  ['', 'all'],
  ['3', 'best 3'],
  ['5', 'best 5'],
  ['10', 'best 10'],
  ['20', 'best 20'],
];

export class Controls {
  readonly root: HTMLElement;
  private readonly axis = selection(axes, 'step');
  private readonly logX = element('input', { type: 'checkbox' });
  private readonly top = selection(tops, '');
  private readonly clip = element('input', { type: 'checkbox' });
  private readonly smoothing = element('input', { type: 'range', min: 0, max: 0.98, step: 0.02 });
  private readonly smoothingValue = element('output');

  constructor(onChange: (part: Partial<LiveViewState>) => void) {
    const axisNow = () => ({ axis: this.axis.value as XAxis });
    this.axis.addEventListener('change', () => onChange(axisNow()));
    this.logX.addEventListener('change', () => onChange({ logX: this.logX.checked }));
    this.top.addEventListener('change', () => onChange({ top: this.top.value ? Number(this.top.value) : undefined }));
    this.clip.addEventListener('change', () => onChange({ clip: this.clip.checked }));
    this.smoothing.addEventListener('change', () => onChange({ smoothing: Number(this.smoothing.value) }));
    const check = (input: HTMLElement, text: string, title: string) =>
      element('label', { class: 'control', title }, input, element('span', {}, text));
    this.root = element(
      'div',
      { class: 'controls' },
      labelled('Runs', this.top),
      labelled('By', this.axis),
      check(this.logX, 'log', 'Logarithmic x axis'),
      check(this.clip, 'Clip outliers', 'Leave single outliers out of sight'),
      element('label', { class: 'control' }, element('span', {}, 'Smoothing'), this.smoothing, this.smoothingValue),
    );
  }

  show({ axis, logX, top, clip, smoothing }: LiveViewState): void {
    this.axis.value = axis;
    this.logX.checked = logX;
    this.top.value = top === undefined ? '' : String(top);
    this.clip.checked = clip;
    this.smoothing.value = String(smoothing);
    setText(this.smoothingValue, String(smoothing));
  }
}
