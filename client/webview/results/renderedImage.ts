/** An image that the extension renders: frames, planes and slices to choose, and a window over the values of grey ones. */
import type { ImageChoices, ImageOptions, ToResultsPage } from '../../panels/protocol';
import { element, labelled, selection, setText } from '../common/dom';
import { t } from '../common/l10n';
import { figure } from '../common/words';
import { zoomFrame } from './zoomFrame';

export type AskPicture = (options: ImageOptions) => void;
type Picture = Extract<ToResultsPage, { type: 'picture' }>['picture'];
type Counted = 'frame' | 'slice' | 'volume';

const countedWords: Record<Counted, string> = { frame: t('Frame'), slice: t('Slice'), volume: t('Volume') };

/** Steps of a window's sliders from one end to the other. */
const windowSteps = 400;

export class RenderedImage {
  readonly root: HTMLElement;
  private readonly canvas: HTMLCanvasElement;
  private readonly choosing = element('div', { class: 'controls choices' });
  private readonly problem = element('p', { class: 'empty', role: 'status' }, t('Rendering …'));
  private readonly sliders = new Map<string, { input: HTMLInputElement; say(value: number): void }>();
  private options: ImageOptions = {};
  /** A picture is under way, and whether another is wanted after it. */
  private asked = false;
  private stale = false;

  constructor(
    alt: string,
    private readonly ask: AskPicture,
  ) {
    this.canvas = element('canvas', { role: 'img', 'aria-label': alt, hidden: true });
    const keys = { PageUp: () => this.step(-1), PageDown: () => this.step(1) };
    const { frame, controls } = zoomFrame(this.canvas, keys, t(', page up and down go through frames or slices'));
    frame.append(this.problem);
    this.root = element(
      'figure',
      { class: 'image rendered' },
      frame,
      this.choosing,
      element('div', { class: 'controls' }, ...controls),
    );
    this.want({});
  }

  /** Shows what was asked for, and asks for what was chosen meanwhile. */
  receive(picture: Picture): void {
    this.asked = false;
    if ('problem' in picture) {
      setText(this.problem, t('The image cannot be shown: {0}', picture.problem));
      this.problem.hidden = false;
      this.canvas.hidden = true;
    } else {
      void this.draw(picture);
      this.show(picture.choices);
    }
    if (this.stale) this.want({});
  }

  /** One picture at a time; while one is under way only the newest choice counts. */
  private want(part: ImageOptions): void {
    this.options = { ...this.options, ...part };
    this.stale = this.asked;
    if (this.asked) return;
    this.asked = true;
    this.ask(this.options);
  }

  /** Bytes become pixels without any address that the page's policy would have to let in. */
  private async draw({ width, height, png }: Exclude<Picture, { problem: string }>): Promise<void> {
    const bitmap = await createImageBitmap(new Blob([new Uint8Array(png)], { type: 'image/png' }));
    this.canvas.width = width;
    this.canvas.height = height;
    this.canvas.getContext('2d')!.drawImage(bitmap, 0, 0);
    bitmap.close();
    this.problem.hidden = true;
    this.canvas.hidden = false;
  }

  private show(choices: ImageChoices): void {
    const { plane, window } = choices;
    // another plane has other slices: the controls are made anew, but never under the reader's hand
    const shape = JSON.stringify([
      plane?.value,
      ...(['frame', 'slice', 'volume'] as const).map((name) => choices[name]?.count),
      window && [window.low, window.high],
    ]);
    if (this.choosing.dataset.shape !== shape) {
      const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.choice : undefined;
      this.choosing.dataset.shape = shape;
      this.sliders.clear();
      this.choosing.replaceChildren(...this.controlsFor(choices));
      if (focused) this.choosing.querySelector<HTMLElement>(`[data-choice="${focused}"]`)?.focus();
    }
    for (const name of ['frame', 'slice', 'volume'] as const) this.put(name, choices[name]?.value);
    this.put('level', window?.center);
    this.put('width', window?.width);
  }

  private put(name: string, value: number | undefined): void {
    const slider = this.sliders.get(name);
    if (!slider || value === undefined || this.stale) return;
    slider.input.value = String(value);
    slider.say(value);
  }

  private controlsFor({ frame, plane, slice, volume, window }: ImageChoices): HTMLElement[] {
    return [
      ...(plane ? [this.planes(plane)] : []),
      ...(frame ? [this.counted('frame', 1, frame.count)] : []),
      ...(slice ? [this.counted('slice', 0, slice.count)] : []),
      ...(volume ? [this.counted('volume', 0, volume.count)] : []),
      ...(window && window.high > window.low ? this.windowing(window) : []),
    ];
  }

  private planes({ value, names }: NonNullable<ImageChoices['plane']>): HTMLElement {
    const select = selection(
      names.map((name) => [name, name] as const),
      value,
    );
    select.dataset.choice = 'plane';
    select.addEventListener('change', () => {
      // a slice of one plane may lie beyond another: its middle comes first
      const { slice: _, ...rest } = this.options;
      this.options = rest;
      this.want({ plane: select.value });
    });
    return labelled(t('Plane'), select);
  }

  private counted(name: Counted, from: number, count: number): HTMLElement {
    const to = from + count - 1;
    return this.slider(
      countedWords[name],
      name,
      { min: from, max: to, step: 1 },
      (value) => t('{0} of {1}', value, to),
      (value) => this.want({ [name]: String(value) }),
    );
  }

  private windowing({ low, high }: NonNullable<ImageChoices['window']>): HTMLElement[] {
    const step = Number(((high - low) / windowSteps).toPrecision(1));
    const chosen = () => {
      const [level, width] = ['level', 'width'].map((name) => Number(this.sliders.get(name)!.input.value));
      this.want({ window: `${level},${width}` });
    };
    const reset = element(
      'button',
      { type: 'button', class: 'quiet', title: t('The window that the file names') },
      t('As in the file'),
    );
    reset.addEventListener('click', () => {
      const { window: _, ...rest } = this.options;
      this.options = rest;
      this.want({});
    });
    return [
      this.slider(t('Level'), 'level', { min: low, max: high, step: 'any' }, figure, chosen),
      this.slider(t('Window'), 'width', { min: step, max: 2 * (high - low), step: 'any' }, figure, chosen),
      reset,
    ];
  }

  private slider(
    words: string,
    name: string,
    { min, max, step }: { min: number; max: number; step: number | string },
    text: (value: number) => string,
    act: (value: number) => void,
  ): HTMLElement {
    const input = element('input', { type: 'range', min, max, step, 'data-choice': name });
    const output = element('output');
    const say = (value: number) => {
      setText(output, text(value));
      input.setAttribute('aria-valuetext', text(value));
    };
    input.addEventListener('input', () => {
      const value = Number(Number(input.value).toPrecision(6));
      say(value);
      act(value);
    });
    this.sliders.set(name, { input, say });
    const label = labelled(words, input);
    label.append(output);
    return label;
  }

  /** The next frame, or slice where there are no frames. */
  private step(by: -1 | 1): void {
    const slider = this.sliders.get('frame') ?? this.sliders.get('slice');
    if (!slider) return;
    const { input } = slider;
    if (by > 0) input.stepUp();
    else input.stepDown();
    input.dispatchEvent(new Event('input'));
  }
}
