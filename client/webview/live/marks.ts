/** What is written into and beside the plane of a chart: where something happened to a run, and places on the x axis. */
import type uPlot from 'uplot';
import type { Mark, XAxis } from '../../panels/protocol';
import { t } from '../common/l10n';
import type { Theme } from '../common/theme';
import { duration, figure } from '../common/words';
import type { Line } from './lines';

const symbols: Record<Mark['kind'], string> = { failed: '✕', warning: '!', resumed: '↻' };

/** A stroke over the height of the chart with a sign at its foot, in the colour of the run. */
export function drawMarks(plot: uPlot, lines: readonly Line[], theme: Theme): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.textAlign = 'center';
  ctx.textBaseline = 'bottom';
  ctx.font = `bold ${14 * devicePixelRatio}px sans-serif`;
  for (const { index, marks } of lines)
    for (const { kind, x } of marks) {
      const left = plot.valToPos(x, 'x', true);
      ctx.strokeStyle = theme.line(index);
      ctx.fillStyle = theme.line(index);
      ctx.lineWidth = devicePixelRatio;
      ctx.setLineDash([2 * devicePixelRatio, 4 * devicePixelRatio]);
      ctx.beginPath();
      ctx.moveTo(left, bbox.top);
      ctx.lineTo(left, bbox.top + bbox.height);
      ctx.stroke();
      ctx.fillText(symbols[kind], left, bbox.top + bbox.height - 2 * devicePixelRatio);
    }
  ctx.restore();
}

/** `step 120`, `epoch 2.5`, `after 3 min 5 s` */
export function placeText(axis: XAxis, x: number): string {
  return axis === 'time' ? t('after {0}', duration(x)) : `${axis === 'step' ? t('step') : t('epoch')} ${figure(x)}`;
}

/** Whole steps only. */
const wholeSteps = [1, 2, 5]
  .flatMap((unit) => [0, 1, 2, 3, 4, 5, 6, 7].map((power) => unit * 10 ** power))
  .sort((a, b) => a - b);

/** The steps between the ticks of an x axis, where they are not uPlot's own. */
export function incrementsOf(axis: XAxis, log: boolean): { incrs?: number[] } {
  return axis === 'step' && !log ? { incrs: wholeSteps } : {};
}
