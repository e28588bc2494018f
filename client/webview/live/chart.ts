/** A line chart over training steps: uPlot with VS Code's colours, dashes beside colour, and reach by keyboard. */
import uPlot from 'uplot';
import { element, setText } from '../common/dom';
import { dashes, readTheme } from '../common/theme';
import { figure } from '../common/words';

export interface Line {
  label: string;
  /** Decides colour and dash. */
  index: number;
  steps: readonly number[];
  values: readonly (number | undefined)[];
  /** Unsmoothed values, drawn faintly behind. */
  raw?: readonly number[];
  /** Marks single points, for curves with few of them. */
  points: boolean;
}

export interface ChartTexts {
  name: string;
  empty: string;
}

type Values = (number | null)[];

export class Chart {
  readonly root: HTMLElement;
  private readonly area = element('div', { class: 'chart-area' });
  private readonly readout = element('p', { class: 'readout', 'aria-live': 'off' });
  private readonly caption = element('h2');
  private plot: uPlot | undefined;
  private built = '';
  private zoomed = false;
  private lines: readonly Line[] = [];
  private logScale = false;
  private name: string;

  constructor(private readonly texts: ChartTexts) {
    this.name = texts.name;
    this.area.tabIndex = 0;
    this.area.setAttribute('role', 'group');
    this.area.setAttribute('aria-roledescription', 'chart');
    this.area.addEventListener('keydown', (event) => this.onKey(event));
    this.root = element('section', { class: 'chart' }, this.caption, this.area, this.readout);
    new ResizeObserver(() => this.resize()).observe(this.area);
  }

  /** Shows these lines; keeps the zoom. */
  show(name: string, lines: readonly Line[], logScale: boolean): void {
    this.name = name;
    this.lines = lines;
    this.logScale = logScale;
    this.draw();
  }

  /** Colours may have changed. */
  redraw(): void {
    this.built = '';
    this.draw();
  }

  private draw(): void {
    const { lines, logScale } = this;
    setText(this.caption, this.name);
    const some = lines.some(({ steps }) => steps.length > 0);
    this.area.setAttribute(
      'aria-label',
      some
        ? `${this.name} of ${lines.map(({ label }) => label).join(', ')}. Arrow keys move through the steps; the values are also in the table below.`
        : `${this.name}: ${this.texts.empty}`,
    );
    if (!some) {
      this.plot?.destroy();
      this.plot = undefined;
      this.built = '';
      this.area.replaceChildren(element('p', { class: 'empty' }, this.texts.empty));
      setText(this.readout, '');
      return;
    }
    const data = align(lines, logScale);
    const shape = JSON.stringify([
      logScale,
      lines.map(({ label, index, raw, points }) => [label, index, !raw, points]),
    ]);
    if (this.plot && shape === this.built) {
      this.plot.setData(data, !this.zoomed);
      if (this.zoomed) this.plot.redraw();
      return;
    }
    this.plot?.destroy();
    this.area.replaceChildren();
    this.built = shape;
    this.zoomed = false;
    this.plot = new uPlot(this.options(), data, this.area);
    this.plot.over.addEventListener('dblclick', () => {
      this.zoomed = false;
    });
  }

  private size(): { width: number; height: number } {
    return { width: Math.max(200, this.area.clientWidth), height: Math.max(160, this.area.clientHeight) };
  }

  private resize(): void {
    this.plot?.setSize(this.size());
  }

  private options(): uPlot.Options {
    const theme = readTheme();
    const style = getComputedStyle(this.area);
    const axis: uPlot.Axis = {
      stroke: theme.text,
      font: `${style.fontSize} ${style.fontFamily}`,
      grid: { stroke: theme.grid, width: 1 },
      ticks: { stroke: theme.grid, width: 1 },
    };
    return {
      ...this.size(),
      legend: { show: false },
      cursor: { sync: { key: 'steps' }, points: { size: 6 } },
      scales: { x: { time: false }, y: this.logScale ? { distr: 3 } : { range: valueRange } },
      axes: [
        { ...axis, incrs: stepIncrements, size: 32 },
        { ...axis, size: 64 },
      ],
      series: [{}, ...this.lines.flatMap((line) => seriesOf(line, theme))],
      hooks: {
        setCursor: [(plot) => this.read(plot)],
        setSelect: [
          (plot) => {
            this.zoomed = plot.select.width > 0;
          },
        ],
      },
    };
  }

  /** Writes the values under the cursor below the chart. */
  private read(plot: uPlot): void {
    const { idx } = plot.cursor;
    setText(this.readout, idx === null || idx === undefined ? '' : this.valuesAt(plot, idx));
  }

  private valuesAt(plot: uPlot, idx: number): string {
    const step = plot.data[0][idx];
    let column = 0;
    const values = this.lines.flatMap((line) => {
      column += line.raw ? 2 : 1;
      const value = plot.data[column]?.[idx];
      return typeof value === 'number' ? [`${line.label} ${figure(value)}`] : [];
    });
    return `step ${step}: ${values.join(', ')}`;
  }

  private onKey(event: KeyboardEvent): void {
    const { plot } = this;
    if (!plot) return;
    const last = plot.data[0].length - 1;
    const now = plot.cursor.idx ?? last;
    const to = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.readout.setAttribute('aria-live', 'polite'); // moved by keyboard: read it out
    const idx = Math.min(last, Math.max(0, to));
    const left = plot.valToPos(plot.data[0][idx]!, 'x');
    plot.setCursor({ left, top: plot.over.clientHeight / 2 });
  }
}

/** Whole steps only. */
const stepIncrements = [1, 2, 5]
  .flatMap((unit) => [0, 1, 2, 3, 4, 5, 6].map((power) => unit * 10 ** power))
  .sort((a, b) => a - b);

/** Some room above and below; a curve that has not moved yet stands on its value. */
function valueRange(_plot: uPlot, low: number, high: number): uPlot.Range.MinMax {
  if (low === null || low !== high) return uPlot.rangeNum(low, high, 0.1, true);
  return low === 0 ? [0, 1] : [low - Math.abs(low) / 10, low + Math.abs(low) / 10];
}

/** One x column for all lines; where a line has no value its column is null. */
function align(lines: readonly Line[], logScale: boolean): uPlot.AlignedData {
  const drawable = (value: number | undefined) =>
    value === undefined || !Number.isFinite(value) || (logScale && value <= 0) ? null : value;
  return uPlot.join(
    lines.map(({ steps, values, raw }): uPlot.AlignedData => {
      const columns: Values[] = raw ? [raw.map(drawable), values.map(drawable)] : [values.map(drawable)];
      return [[...steps], ...columns];
    }),
  );
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
    label: `${label}, as measured`,
    stroke: theme.line(index),
    alpha: theme.highContrast ? 0.5 : 0.25,
    width: 1,
    spanGaps: true,
    points: { show: false },
  };
  return [behind, main];
}
