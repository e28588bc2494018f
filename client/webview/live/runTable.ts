/** The runs as a table: what a chart cannot say. Rows are changed in place, so that a selection stays. */
import { element, setText } from '../common/dom';
import { t } from '../common/l10n';
import { duration, figure, stateWords } from '../common/words';
import { type LiveModel, labelOf, type ShownRun } from './model';
import { bestOf } from './ranking';
import { sample } from './sample';

const columns = [t('Run'), t('State'), t('Step'), t('Time left'), t('Last event'), '', '', '', t('Items/s')];
const columnOf = { run: 0, state: 1, step: 2, left: 3, silence: 4, first: 5, second: 6, best: 7, speed: 8 } as const;

/** Figures stand to the right. */
const alignment = (column: number) => (column >= columnOf.left ? 'number' : undefined);

interface Row {
  root: HTMLTableRowElement;
  cells: HTMLElement[];
  name: HTMLElement;
  progress: HTMLProgressElement;
  steps: HTMLElement;
}

export class RunTable {
  readonly root: HTMLElement;
  private readonly body = element('tbody');
  private readonly heads = columns.map((text, c) => element('th', { scope: 'col', class: alignment(c) }, text));
  private readonly rows = new Map<string, Row>();

  constructor() {
    this.root = element(
      'div',
      { class: 'scroll' },
      element(
        'table',
        { class: 'runs' },
        element('caption', {}, t('Runs')),
        element('thead', {}, element('tr', {}, ...this.heads)),
        this.body,
      ),
    );
  }

  /** @param quantities what the two charts show */
  update(model: LiveModel, quantities: readonly [string, string]): void {
    const runs = model.list();
    const [first, second] = quantities;
    setText(this.heads[columnOf.first]!, t('{0}, last', first));
    setText(this.heads[columnOf.second]!, t('{0}, last', second));
    setText(this.heads[columnOf.best]!, t('{0}, best', second));
    for (const [run, row] of this.rows) {
      if (runs.some((shown) => shown.run === run)) continue;
      row.root.remove();
      this.rows.delete(run);
    }
    for (const run of runs) this.fill(this.rows.get(run.run) ?? this.addRow(run), run, model, quantities);
  }

  /** Only what the clock changes. */
  tick(model: LiveModel): void {
    for (const run of model.list()) {
      const row = this.rows.get(run.run);
      if (row) setText(row.cells[columnOf.silence]!, silenceText(model, run));
    }
  }

  private addRow(run: ShownRun): Row {
    const progress = element('progress', { max: 1, value: 0 });
    const [name, steps] = [element('span'), element('span')];
    const cells = columns.map((_, c) =>
      c === columnOf.run ? element('th', { scope: 'row' }) : element('td', { class: alignment(c) }),
    );
    cells[columnOf.run]!.append(sample(run.index), name);
    cells[columnOf.step]!.append(progress, steps);
    const root = element('tr', { 'data-run': run.run }, ...cells);
    this.body.append(root);
    const row = { root, cells, name, progress, steps };
    this.rows.set(run.run, row);
    return row;
  }

  private fill(
    { root, cells, name, progress, steps }: Row,
    run: ShownRun,
    model: LiveModel,
    [, second]: readonly [string, string],
  ): void {
    const { status, curves } = run;
    const running = status.state === 'running';
    const label = labelOf(run, model.list());
    root.dataset.state = status.state;
    setText(name, label);
    setText(cells[columnOf.state]!, stateWords[status.state]);
    progress.max = Math.max(1, status.totalSteps);
    progress.value = status.step;
    progress.setAttribute('aria-label', t('Progress of {0}', label));
    progress.hidden = status.totalSteps === 0;
    setText(steps, stepText(run));
    setText(cells[columnOf.left]!, running && status.secondsLeft !== undefined ? duration(status.secondsLeft) : '–');
    setText(cells[columnOf.silence]!, silenceText(model, run));
    setText(cells[columnOf.first]!, figure(curves[0]?.smooth.at(-1)));
    setText(cells[columnOf.second]!, figure(curves[1]?.smooth.at(-1)));
    setText(cells[columnOf.best]!, figure(bestOf(run, 1, second)));
    setText(cells[columnOf.speed]!, running ? figure(status.itemsPerSecond) : '–');
  }
}

/** The untuned base takes no step; of a run that has not begun nothing is known. */
function stepText({ status: { state, step, totalSteps } }: ShownRun): string {
  if (totalSteps > 0) return t('{0} of {1}', step, totalSteps);
  return state === 'finished' ? t('no training') : '–';
}

function silenceText(model: LiveModel, run: ShownRun): string {
  const silence = model.silence(run);
  return silence === undefined ? t('none yet') : t('{0} ago', duration(silence));
}
