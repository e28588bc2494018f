/** A line chart: uPlot with VS Code's colours, dashes beside colour, marks where something happened, and reach by keyboard. */
import uPlot from 'uplot';
import type { XAxis, Zoom } from '../../panels/protocol';
import { element } from '../common/dom';
import { t } from '../common/l10n';
import { dashes, readTheme } from '../common/theme';
import {
  align,
  type Columns,
  isSame,
  panned,
  readingsAt,
  type Scaling,
  xRange,
  yRange,
  zoomedAround,
} from './chartData';
import type { Line } from './lines';
import { drawMarks, incrementsOf, placeText } from './marks';
import { Readout } from './readout';

export interface ChartContent {
  quantity: string;
  lines: readonly Line[];
  axis: XAxis;
  scaling: Scaling;
  zoom: Zoom | undefined;
}

export class Chart {
  readonly root = element('div', { class: 'chart-area', tabindex: 0, role: 'group', 'aria-roledescription': 'chart' });
  private readonly announcer = element('p', { class: 'visually-hidden', 'aria-live': 'polite' });
  private readonly readout = new Readout();
  private plot: uPlot | undefined;
  private built = '';
  /** What is drawn beside the data, and where they are looked at. */
  private beside = '';
  private content: ChartContent | undefined;
  private data: Columns = [[]];
  private byKeyboard = false;

  constructor(private readonly onZoom: (zoom: Zoom | undefined) => void) {
    this.root.addEventListener('keydown', (event) => this.onKey(event));
    this.root.addEventListener('blur', () => {
      if (this.plot && this.byKeyboard) this.point(this.plot, undefined);
      this.leave();
    });
    new ResizeObserver(() => this.plot?.setSize(this.size())).observe(this.root);
  }

  show(content: ChartContent): void {
    this.content = content;
    this.draw(content);
  }

  /** Colours may have changed. */
  redraw(): void {
    this.built = '';
    if (this.content) this.draw(this.content);
  }

  private draw({ quantity, lines, axis, scaling, zoom }: ChartContent): void {
    const before = this.data;
    this.data = align(lines, scaling);
    const names = lines.map(({ label }) => label).join(', ');
    const some = this.data[0].length > 0;
    const help = t(
      'Arrow keys move through the steps, with Shift the part in sight; plus and minus zoom, 0 shows all; the values are also in the table below.',
    );
    this.root.setAttribute(
      'aria-label',
      some ? `${t('{0} of {1}', quantity, names)}. ${help}` : t('{0}: nothing yet', quantity),
    );
    const shape = JSON.stringify([
      axis,
      scaling.logX,
      scaling.logY,
      lines.map(({ label, index, raw, points }) => [label, index, !raw, points]),
    ]);
    const beside = JSON.stringify([scaling.clip, zoom, lines.map(({ marks }) => marks)]);
    const isNew = beside !== this.beside || !isSame(this.data, before);
    this.beside = beside;
    if (some && this.plot && shape === this.built) {
      if (isNew) this.plot.setData(this.data);
      return;
    }
    this.plot?.destroy();
    this.plot = undefined;
    this.readout.hide();
    this.built = some ? shape : '';
    if (!some) {
      this.root.replaceChildren(element('p', { class: 'empty' }, emptyText(quantity)));
      return;
    }
    this.root.replaceChildren(this.readout.root, this.announcer);
    this.plot = new uPlot(this.options(axis, scaling, lines), this.data, this.root);
    this.plot.over.addEventListener('dblclick', () => this.onZoom(undefined));
    this.plot.over.addEventListener('mouseleave', () => this.leave());
  }

  private size(): { width: number; height: number } {
    return { width: Math.max(200, this.root.clientWidth), height: Math.max(160, this.root.clientHeight) };
  }

  private options(axis: XAxis, { logX, logY }: Scaling, lines: readonly Line[]): uPlot.Options {
    const theme = readTheme();
    const style = getComputedStyle(this.root);
    const font = `${style.fontSize} ${style.fontFamily}`;
    const common: uPlot.Axis = {
      stroke: theme.text,
      font,
      grid: { stroke: theme.grid, width: 1 },
      ticks: { stroke: theme.grid, width: 1 },
    };
    const now = () => this.content!;
    return {
      ...this.size(),
      legend: { show: false },
      // a drag along one axis zooms that axis, a slanting one both
      cursor: {
        sync: { key: axis },
        points: { show: false },
        drag: { x: true, y: true, uni: 30, dist: 6, setScale: false },
      },
      scales: {
        x: { time: false, distr: logX ? 3 : 1, range: () => xRange(this.data, now().scaling, now().zoom) },
        y: { distr: logY ? 3 : 1, range: () => yRange(now().lines, now().scaling, now().zoom) },
      },
      axes: [
        {
          ...common,
          ...incrementsOf(axis, logX),
          size: 32,
          label: axisNames[axis],
          labelFont: font,
          labelSize: 20,
          labelGap: 0,
        },
        { ...common, size: 60 },
      ],
      series: [{}, ...lines.flatMap((line) => seriesOf(line, theme))],
      hooks: {
        setCursor: [(plot) => this.read(plot)],
        setSelect: [(plot) => this.select(plot)],
        draw: [(plot) => drawMarks(plot, now().lines, theme)],
      },
    };
  }

  /** Zooms to what was dragged over. */
  private select(plot: uPlot): void {
    const { left, top, width, height } = plot.select;
    if (width === 0 && height === 0) return;
    const zoom: Zoom = { ...this.content?.zoom };
    if (width < plot.over.clientWidth) zoom.x = [plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x')];
    if (height < plot.over.clientHeight) zoom.y = [plot.posToVal(top + height, 'y'), plot.posToVal(top, 'y')];
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.onZoom(zoom);
  }

  /** Puts the cursor to a place, or away, and that of the other chart with it: uPlot does that by itself for pointers alone. */
  private point(plot: uPlot, x: number | undefined): void {
    const { clientWidth, clientHeight } = plot.over;
    const [left, top] = x === undefined ? [-10, -10] : [plot.valToPos(x, 'x'), clientHeight / 2];
    plot.setCursor({ left, top });
    const { sync, idx } = plot.cursor;
    if (!sync) return;
    sync.values = [plot.posToVal(left, 'x'), plot.posToVal(top, 'y')];
    uPlot.sync(sync.key).pub('mousemove', plot, left, top, clientWidth, clientHeight, idx ?? 0);
  }

  /** Lists the values under the cursor. */
  private read(plot: uPlot): void {
    const { idx, left } = plot.cursor;
    const x = idx === null || idx === undefined ? undefined : this.data[0][idx];
    if (x === undefined || left === undefined || left < 0 || !this.content) {
      this.readout.hide();
      return;
    }
    const { lines, axis } = this.content;
    const readings = readingsAt(lines, x);
    const heading = placeText(axis, x);
    this.readout.show(heading, readings, left > plot.over.clientWidth / 2);
    if (this.byKeyboard)
      this.announcer.textContent = `${heading}: ${readings.map(({ line, value }) => `${line.label} ${Number(value.toPrecision(4))}`).join(', ')}`;
  }

  private leave(): void {
    this.byKeyboard = false;
    this.readout.hide();
  }

  private onKey(event: KeyboardEvent): void {
    const { plot, content } = this;
    if (!plot || !content || event.ctrlKey || event.metaKey || event.altKey) return;
    const x = this.data[0];
    const last = x.length - 1;
    const now = plot.cursor.idx ?? last;
    const zoomed = (factor: number) => zoomedAround(xRange(this.data, content.scaling, content.zoom), x[now], factor);
    const inSight = content.zoom?.x;
    const aside: Record<string, number> = { ArrowLeft: -0.1, ArrowRight: 0.1 };
    if (event.shiftKey && inSight && event.key in aside) {
      this.onZoom({ ...content.zoom, x: panned(inSight, aside[event.key]!, content.scaling.logX) });
      event.preventDefault();
      return;
    }
    const moves: Record<string, number> = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: last };
    const to = moves[event.key];
    if (to !== undefined) {
      this.byKeyboard = true;
      this.point(plot, x[Math.min(last, Math.max(0, to))]!);
    } else if (event.key === '+') this.onZoom({ ...content.zoom, x: zoomed(0.5) });
    else if (event.key === '-' && content.zoom?.x) this.onZoom({ ...content.zoom, x: zoomed(2) });
    else if (event.key === '0') this.onZoom(undefined);
    else return;
    event.preventDefault();
  }
}

const axisNames: Record<XAxis, string> = { step: t('step'), epoch: t('epoch'), time: t('seconds of training') };

function emptyText(quantity: string): string {
  if (quantity.startsWith('training')) return t('no step yet');
  return quantity.startsWith('validation') ? t('no validation yet') : t('not measured yet');
}

function seriesOf({ label, index, raw, points }: Line, theme: ReturnType<typeof readTheme>): uPlot.Series[] {
  const main: uPlot.Series = {
    label,
    stroke: theme.line(index),
    width: theme.highContrast ? 3 : 2,
    dash: [...dashes[index % dashes.length]!],
    spanGaps: true,
    points: { show: points, size: 6, fill: theme.line(index) },
  };
  if (!raw) return [main];
  const behind: uPlot.Series = {
    label: t('{0}, as measured', label),
    stroke: theme.line(index),
    alpha: theme.highContrast ? 0.4 : 0.2,
    width: 1,
    spanGaps: true,
    points: { show: false },
  };
  return [behind, main];
}
