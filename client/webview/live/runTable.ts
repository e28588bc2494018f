/** The runs as a table: the legend of the charts, and what a chart cannot say. Rows are changed in place, so that focus stays. */
import { element, setText, svgElement } from '../common/dom';
import { dashes } from '../common/theme';
import { duration, figure, stateWords } from '../common/words';
import { type LiveModel, labelOf, type ShownRun } from './model';

const columns = [
  'Curve',
  'Method',
  'State',
  'Step',
  'Time left',
  'Last event',
  'Loss',
  'Metric, last',
  'Metric, best',
  'Items/s',
];

/** Figures stand to the right. */
const alignment = (column: number) => (column >= 4 ? 'number' : undefined);

interface Row {
  root: HTMLTableRowElement;
  cells: HTMLElement[];
  toggle: HTMLInputElement;
  progress: HTMLProgressElement;
}

export class RunTable {
  readonly root: HTMLElement;
  private readonly body = element('tbody');
  private readonly metricHeads: HTMLElement[];
  private readonly rows = new Map<string, Row>();

  constructor(private readonly onToggle: (run: string, shown: boolean) => void) {
    const heads = columns.map((text, c) => element('th', { scope: 'col', class: alignment(c) }, text));
    this.metricHeads = [heads[7]!, heads[8]!];
    this.root = element(
      'div',
      { class: 'scroll' },
      element(
        'table',
        { class: 'runs' },
        element('caption', {}, 'Runs'),
        element('thead', {}, element('tr', {}, ...heads)),
        this.body,
      ),
    );
  }

  update(model: LiveModel, hidden: ReadonlySet<string>, metric: string | undefined): void {
    const runs = model.list();
    const name = metric ?? 'metric';
    setText(this.metricHeads[0]!, `${name}, last`);
    setText(this.metricHeads[1]!, `${name}, best`);
    for (const [run, row] of this.rows) {
      if (runs.some((shown) => shown.run === run)) continue;
      row.root.remove();
      this.rows.delete(run);
    }
    for (const run of runs) {
      const row = this.rows.get(run.run) ?? this.addRow(run);
      this.fill(row, run, runs, model, hidden, metric);
    }
  }

  /** Only what the clock changes. */
  tick(model: LiveModel): void {
    for (const run of model.list()) {
      const row = this.rows.get(run.run);
      if (row) setText(row.cells[5]!, silenceText(model, run));
    }
  }

  private addRow(run: ShownRun): Row {
    const toggle = element('input', { type: 'checkbox' });
    toggle.addEventListener('change', () => this.onToggle(run.run, toggle.checked));
    const progress = element('progress', { max: 1, value: 0 });
    const cells = columns.map((_, c) =>
      c === 1 ? element('th', { scope: 'row' }) : element('td', { class: alignment(c) }),
    );
    cells[0]!.append(element('label', { class: 'toggle' }, toggle, sample(run.index)));
    const root = element('tr', { 'data-run': run.run }, ...cells);
    cells[3]!.append(progress, element('span'));
    this.body.append(root);
    const row = { root, cells, toggle, progress };
    this.rows.set(run.run, row);
    return row;
  }

  private fill(
    { root, cells, toggle, progress }: Row,
    run: ShownRun,
    runs: readonly ShownRun[],
    model: LiveModel,
    hidden: ReadonlySet<string>,
    metric: string | undefined,
  ): void {
    const { status } = run;
    const running = status.state === 'running';
    const label = labelOf(run, runs);
    root.dataset.state = status.state;
    toggle.checked = !hidden.has(run.run);
    toggle.setAttribute('aria-label', `Curve of ${label}`);
    setText(cells[1]!, label);
    setText(cells[2]!, stateWords[status.state]);
    progress.max = Math.max(1, status.totalSteps);
    progress.value = status.step;
    progress.setAttribute('aria-label', `Progress of ${label}`);
    progress.hidden = status.totalSteps === 0;
    setText(cells[3]!.lastElementChild as HTMLElement, stepText(run));
    setText(cells[4]!, running && status.secondsLeft !== undefined ? duration(status.secondsLeft) : '–');
    setText(cells[5]!, silenceText(model, run));
    setText(cells[6]!, figure(run.smooth.at(-1)));
    const values = metric ? run.evaluations.flatMap(({ metrics }) => metrics[metric]?.value ?? []) : [];
    setText(cells[7]!, figure(values.at(-1)));
    setText(cells[8]!, values.length > 0 ? figure(Math.max(...values)) : '–');
    setText(cells[9]!, running ? figure(status.itemsPerSecond) : '–');
  }
}

/** The untuned base takes no step; of a run that has not begun nothing is known. */
function stepText({ status: { state, step, totalSteps } }: ShownRun): string {
  if (totalSteps > 0) return `${step} of ${totalSteps}`;
  return state === 'finished' ? 'no training' : '–';
}

function silenceText(model: LiveModel, run: ShownRun): string {
  const silence = model.silence(run);
  return silence === undefined ? 'none yet' : `${duration(silence)} ago`;
}

/** The line as the charts draw it: colour by class, dash by attribute. */
function sample(index: number): SVGElement {
  const dash = dashes[index % dashes.length]!.join(' ');
  const line = svgElement('line', {
    x1: 0,
    y1: 6,
    x2: 36,
    y2: 6,
    'stroke-width': 2,
    'stroke-dasharray': dash || 'none',
  });
  return svgElement('svg', { class: `sample line-${index % 6}`, width: 36, height: 12, 'aria-hidden': 'true' }, line);
}
