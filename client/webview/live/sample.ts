/** A line as the charts draw it: colour by class, dash by attribute. */
import { svgElement } from '../common/dom';
import { dashes } from '../common/theme';

export function sample(index: number): SVGElement {
  const dash = dashes[index % dashes.length]!.join(' ');
  const line = svgElement('line', {
    x1: 0,
    y1: 6,
    x2: 30,
    y2: 6,
    'stroke-width': 2,
    'stroke-dasharray': dash || 'none',
  });
  return svgElement('svg', { class: `sample line-${index % 6}`, width: 30, height: 12, 'aria-hidden': 'true' }, line);
}
