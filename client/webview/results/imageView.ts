/** The image of an item: drawn by the page where it can be, else as the extension renders it. */
import type { ResultItem } from '../../panels/protocol';
import { element, labelled } from '../common/dom';
import { t } from '../common/l10n';
import { type AskPicture, RenderedImage } from './renderedImage';
import { lightControls, zoomFrame } from './zoomFrame';

export interface ImageView {
  root: HTMLElement;
  /** What shows pictures that the extension renders, once there is such a thing. */
  rendered(): RenderedImage | undefined;
}

export function imageView(item: ResultItem, ask: AskPicture): ImageView {
  const alt = t('Image of item {0}, about which was asked: {1}', item.id, item.question);
  let rendered: RenderedImage | undefined;
  const render = () => {
    rendered = new RenderedImage(alt, ask);
    return rendered.root;
  };
  const view = (root: HTMLElement): ImageView => ({ root, rendered: () => rendered });
  if (!item.image)
    return view(item.rendered ? render() : element('p', { class: 'empty' }, t('This item names no image.')));
  const shown = element('img', { src: item.image, draggable: 'false', alt });
  const { frame, controls } = zoomFrame(shown);
  const [brightness, contrast] = lightControls(shown) as [HTMLInputElement, HTMLInputElement];
  const box = element(
    'figure',
    { class: 'image' },
    frame,
    element(
      'div',
      { class: 'controls' },
      ...controls,
      labelled(t('Brightness'), brightness),
      labelled(t('Contrast'), contrast),
    ),
  );
  // its name says little: what pages do not draw may still be rendered, and if not, that says why
  shown.addEventListener('error', () => box.replaceWith(render()));
  return view(box);
}
