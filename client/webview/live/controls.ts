/** What is chosen for both charts: the x axis, smoothing, how many runs, and whether outliers are left out. */
import type { LiveViewState, XAxis } from '../../panels/protocol';
import { element, labelled, selection, setText } from '../common/dom';
import { t } from '../common/l10n';

const axes: readonly (readonly [XAxis, string])[] = [
  ['step', t('step')],
  ['epoch', t('epoch')],
  ['time', t('time')],
];
const tops: readonly (readonly [string, string])[] = [
  ['', t('all')],
  ['3', t('best {0}', 3)],
  ['5', t('best {0}', 5)],
  ['10', t('best {0}', 10)],
  ['20', t('best {0}', 20)],
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
      labelled(t('Runs'), this.top),
      labelled(t('By'), this.axis),
      check(this.logX, t('log'), t('Logarithmic x axis')),
      check(this.clip, t('Clip outliers'), t('Leave single outliers out of sight')),
      element('label', { class: 'control' }, element('span', {}, t('Smoothing')), this.smoothing, this.smoothingValue),
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
