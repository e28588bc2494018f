/** The live page: curves and states of runs while they train. */
import 'uplot/dist/uPlot.min.css';
import './common/page.css';
import './live/live.css';
import type { ChartView, FromLivePage, LiveChoice, LiveViewState, ToLivePage } from '../panels/protocol';
import { element, setText } from './common/dom';
import { connect } from './common/host';
import { t } from './common/l10n';
import { onThemeChange, setLineColours } from './common/theme';
import { stateWords } from './common/words';
import { Controls } from './live/controls';
import { Figure } from './live/figure';
import { Legend } from './live/legend';
import { type Line, linesOf } from './live/lines';
import { LiveModel, labelOf, type ShownRun } from './live/model';
import { inSight } from './live/ranking';
import { remarkOn } from './live/remarks';
import { RunTable } from './live/runTable';
import { summaryOf } from './live/summary';
import { valueTable } from './live/valueTable';

const model = new LiveModel(() => performance.now());
let view: LiveViewState | undefined;
let quantities: string[] = [];
let shown: [string, string] = ['training loss', 'validation'];
const host = connect<ToLivePage, FromLivePage, LiveViewState>(receive);

const title = element('h1');
const summary = element('p', { class: 'summary' });
const problem = element('p', { role: 'alert' });
const again = element('button', { type: 'button' }, t('Try again'));
const problemBox = element('div', { class: 'problem', hidden: true }, problem, again);
const announcer = element('p', { class: 'visually-hidden', role: 'status', 'aria-live': 'polite' });
const results = element('button', { type: 'button' }, t('Show results'));
const controls = new Controls((part) => change(part));
const legend = new Legend({
  onToggle: (run) => {
    const hidden = view?.hidden ?? [];
    change({ hidden: hidden.includes(run) ? hidden.filter((other) => other !== run) : [...hidden, run] });
  },
  onAll: (on) => change({ hidden: on ? [] : model.list().map(({ run }) => run) }),
});
const figures = ([0, 1] as const).map((c) => new Figure(t('Chart {0}', c + 1), (part) => changeChart(c, part)));
const table = new RunTable();
const notices = element('ul', { class: 'notices' });
const values = element('details', { class: 'values' }, element('summary', {}, t('Curves as numbers')));
const valueBody = element('div', { class: 'value-tables' });
values.append(valueBody);

const page = document.getElementById('page')!;
setLineColours(page);
page.append(
  element('header', {}, title, results),
  summary,
  problemBox,
  announcer,
  legend.root,
  element('div', { class: 'charts' }, ...figures.map(({ root }) => root)),
  controls.root,
  table.root,
  notices,
  values,
);

function choiceOf({ charts: [first, second], axis, smoothing }: LiveViewState): LiveChoice {
  return { quantities: [first.quantity, second.quantity], axis, smoothing };
}

function receive(message: ToLivePage): void {
  if (message.type === 'hydrate') {
    // what this page remembers is newer than what the panel was opened with; what it shows is the panel's matter
    const { folder, specFile } = message.view;
    view = { ...message.view, ...host.remembered(), folder, specFile };
    host.remember(view);
    ({ quantities, shown } = message);
    setText(title, message.title);
  }
  // what cannot be read stays said until everything is told anew
  if (message.type === 'hydrate') problemBox.hidden = true;
  if (message.type === 'problem') {
    problemBox.hidden = false;
    setText(problem, message.message);
  }
  const told = model.apply(message);
  if (told.length > 0) setText(announcer, told.join('. '));
  schedule();
}

/** Remembers, draws, and asks for other points if it takes those. */
function change(part: Partial<LiveViewState>): void {
  if (!view) return;
  const before = JSON.stringify(choiceOf(view));
  // on another axis the same place has another number
  const charts = part.axis || part.logX !== undefined ? view.charts.map(({ zoom: _, ...rest }) => rest) : view.charts;
  view = { ...view, charts: charts as [ChartView, ChartView], ...part };
  host.remember(view);
  const choice = choiceOf(view);
  if (JSON.stringify(choice) !== before) host.post({ type: 'choose', choice });
  schedule();
}

function changeChart(c: 0 | 1, part: Partial<ChartView>): void {
  if (!view) return;
  const [first, second] = view.charts;
  change({ charts: c === 0 ? [{ ...first, ...part }, second] : [first, { ...second, ...part }] });
}

let scheduled = false;
/** One drawing a frame, however many messages came. */
function schedule(): void {
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(() => {
    scheduled = false;
    if (view) draw(view);
  });
}

function draw(now: LiveViewState): void {
  const runs = model.list();
  const drawn = inSight(runs, now, shown[1]);
  controls.show(now);
  legend.update(runs, now.hidden, drawn);
  tellTime();
  const lines = shown.map((quantity, c) => linesOf(drawn, runs, c, quantity, now.smoothing));
  const { axis, logX, clip } = now;
  figures.forEach((figure, c) => {
    const own = now.charts[c]!;
    const scaling = { logX, logY: own.logScale, clip };
    figure.show({ quantity: shown[c]!, quantities, view: own, lines: lines[c]!, axis, scaling });
  });
  table.update(model, shown);
  notices.replaceChildren(...runs.flatMap((run) => noticesOf(run, runs)));
  if (values.open) valueBody.replaceChildren(...lines.map((some, c) => valueTable(captionOf(shown[c]!, some), some)));
}

function captionOf(quantity: string, lines: readonly Line[]): string {
  return lines.some(({ raw }) => raw) ? t('{0}, smoothed as in the chart', quantity) : quantity;
}

/** What a run itself says, and what its loss shows. */
function noticesOf(run: ShownRun, runs: readonly ShownRun[]): HTMLElement[] {
  const { notice, state } = run.status;
  const label = labelOf(run, runs);
  const made: HTMLElement[] = [];
  if (notice) {
    const words = `${label}, ${stateWords[state]}: ${notice.message} (${notice.code}).`;
    const hint = notice.hint ? ` ${notice.hint}` : '';
    made.push(element('li', { 'data-state': state }, element('strong', {}, words), hint));
  }
  const remark = shown[0] === 'training loss' && run.curves[0] ? remarkOn(run.curves[0]) : undefined;
  if (remark && state === 'running') made.push(element('li', {}, `${label}: ${remark}.`));
  return made;
}

/** What changes with the clock alone. */
function tellTime(): void {
  setText(
    summary,
    summaryOf(model.list(), (run) => model.silence(run)),
  );
  table.tick(model);
}

results.addEventListener('click', () => host.post({ type: 'show_results' }));
again.addEventListener('click', () => host.post({ type: 'ready' }));
values.addEventListener('toggle', schedule);
onThemeChange(() => {
  setLineColours(page);
  for (const figure of figures) figure.redraw();
});
setInterval(tellTime, 1000);
const before = host.remembered();
host.begin({ type: 'ready', ...(before?.charts ? { choice: choiceOf(before) } : {}) });
