/** The live page: curves and states of runs while they train. */
import 'uplot/dist/uPlot.min.css';
import './common/page.css';
import './live/live.css';
import type { FromLivePage, LiveViewState, ToLivePage } from '../panels/protocol';
import { element, fillSelection, labelled, selection, setText } from './common/dom';
import { connect } from './common/host';
import { onThemeChange, setLineColours } from './common/theme';
import { Chart } from './live/chart';
import { lossLines, metricLines, metricsOf } from './live/lines';
import { LiveModel, labelOf } from './live/model';
import { RunTable } from './live/runTable';
import { summaryOf } from './live/summary';
import { valueTable } from './live/valueTable';

const model = new LiveModel(() => performance.now());
let view: LiveViewState = { hidden: [], smoothing: 0.6, logScale: false };
const host = connect<ToLivePage, FromLivePage, LiveViewState>(receive);

const title = element('h1');
const summary = element('p', { class: 'summary' });
const problem = element('p', { class: 'problem', role: 'alert', hidden: true });
const announcer = element('p', { class: 'visually-hidden', role: 'status', 'aria-live': 'polite' });
const loss = new Chart({ name: 'Training loss', empty: 'no step yet' });
const metric = new Chart({ name: 'Validation', empty: 'no validation yet' });
const metricChoice = selection([], '');
const smoothing = element('input', { type: 'range', min: 0, max: 0.95, step: 0.05 });
const smoothingValue = element('output');
const logScale = element('input', { type: 'checkbox' });
const results = element('button', { type: 'button' }, 'Show results');
const table = new RunTable((run, shown) => {
  const hidden = view.hidden.filter((other) => other !== run);
  change({ hidden: shown ? hidden : [...hidden, run] });
});
const notices = element('ul', { class: 'notices' });
const values = element('details', { class: 'values' }, element('summary', {}, 'Curves as numbers'));
const valueBody = element('div', { class: 'value-tables' });
values.append(valueBody);

const page = document.getElementById('page')!;
setLineColours(page);
page.append(
  element('header', {}, title, results),
  summary,
  problem,
  announcer,
  element(
    'div',
    { class: 'controls' },
    labelled('Metric', metricChoice),
    element('label', { class: 'control' }, element('span', {}, 'Smoothing'), smoothing, smoothingValue),
    element('label', { class: 'control' }, logScale, element('span', {}, 'Logarithmic loss')),
  ),
  element('div', { class: 'charts' }, loss.root, metric.root),
  table.root,
  notices,
  values,
);

function receive(message: ToLivePage): void {
  if (message.type === 'hydrate') {
    // what this page remembers is newer than what the panel was opened with; what it shows is the panel's matter
    const { folder, specFile } = message.view;
    view = { ...message.view, ...host.remembered(), folder, specFile, smoothing: message.view.smoothing };
    host.remember(view);
    setText(title, message.title);
  }
  problem.hidden = message.type !== 'problem';
  if (message.type === 'problem') setText(problem, message.message);
  const told = model.apply(message);
  if (told.length > 0) setText(announcer, told.join('. '));
  schedule();
}

function change(part: Partial<LiveViewState>): void {
  view = { ...view, ...part };
  host.remember(view);
  schedule();
}

let scheduled = false;
/** One drawing a frame, however many messages came. */
function schedule(): void {
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(() => {
    scheduled = false;
    draw();
  });
}

function draw(): void {
  const runs = model.list();
  const hidden = new Set(view.hidden);
  const metrics = metricsOf(runs);
  const chosen = metrics.find((name) => name === view.metric) ?? metrics[0];
  fillSelection(
    metricChoice,
    metrics.map((name) => [name, name]),
    chosen ?? '',
  );
  metricChoice.disabled = metrics.length === 0;
  smoothing.value = String(view.smoothing);
  setText(smoothingValue, String(view.smoothing));
  logScale.checked = view.logScale;
  tellTime();
  const lossNow = lossLines(runs, hidden, view.smoothing);
  const metricNow = metricLines(runs, hidden, chosen);
  loss.show('Training loss', lossNow, view.logScale);
  metric.show(chosen ? `Validation ${chosen}` : 'Validation', metricNow, false);
  table.update(model, hidden, chosen);
  notices.replaceChildren(
    ...runs.flatMap((run) => {
      const { notice, state } = run.status;
      if (!notice) return [];
      const words = `${labelOf(run, runs)}, ${state}: ${notice.message} (${notice.code}).`;
      return [
        element('li', { 'data-state': state }, element('strong', {}, words), notice.hint ? ` ${notice.hint}` : ''),
      ];
    }),
  );
  if (values.open) {
    valueBody.replaceChildren(
      valueTable('Training loss, smoothed as in the chart', lossNow),
      valueTable(chosen ? `Validation ${chosen}` : 'Validation', metricNow),
    );
  }
}

/** What changes with the clock alone. */
function tellTime(): void {
  setText(
    summary,
    summaryOf(model.list(), (run) => model.silence(run)),
  );
  table.tick(model);
}

metricChoice.addEventListener('change', () => change({ metric: metricChoice.value }));
smoothing.addEventListener('change', () => {
  change({ smoothing: Number(smoothing.value) });
  host.post({ type: 'smoothing', factor: Number(smoothing.value) });
});
logScale.addEventListener('change', () => change({ logScale: logScale.checked }));
results.addEventListener('click', () => host.post({ type: 'show_results' }));
values.addEventListener('toggle', schedule);
onThemeChange(() => {
  setLineColours(page);
  loss.redraw();
  metric.redraw();
});
setInterval(tellTime, 1000);
// a restored page starts with the smoothing that it remembers
const before = host.remembered();
if (before) host.post({ type: 'smoothing', factor: before.smoothing });
host.post({ type: 'ready' });
