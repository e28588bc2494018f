/** The results page: the comparison of methods, what scores cost, and the items of one run or of several beside each other. */
import './common/page.css';
import './results/results.css';
import type { Arrangement, FromResultsPage, ResultsViewState, ToResultsPage } from '../panels/protocol';
import { element, setText } from './common/dom';
import { connect } from './common/host';
import { t } from './common/l10n';
import { comparison } from './results/comparison';
import { noFilter } from './results/filter';
import { ItemsView } from './results/itemsView';
import { scatter } from './results/scatter';
import { TableControls } from './results/tableControls';

type Hydrate = Extract<ToResultsPage, { type: 'hydrate' }>;

let view: ResultsViewState = { arrangement: {}, cost: 'trainable', runs: [] };
let content: Hydrate | undefined;
/** The user asked for items just now: bring them into sight when they come. */
let awaited = false;
const host = connect<ToResultsPage, FromResultsPage, ResultsViewState>(receive);

const title = element('h1');
const curves = element('button', { type: 'button' }, t('Show curves'));
const problem = element('p', { class: 'problem', role: 'alert', hidden: true });
const controls = new TableControls({
  onArrange: (part) => arrange({ arrangement: { ...view.arrangement, ...part } }),
  onReference: (reference) => arrange({ reference }),
  onExport: (kind) => host.post({ type: 'export', kind }),
  onExportNotes: () => host.post({ type: 'export_notes' }),
});
const tables = element('div', { class: 'tables' });
const unfinished = element('div', { class: 'unfinished' });
const items = new ItemsView({
  onFilter: (filter) => remember({ filter }),
  onItem: (item) => remember({ item }),
  onNote: (run, set, item, note) => host.post({ type: 'note', run, set, item, note }),
  onRecord: (run, set, item) => host.post({ type: 'record', run, set, item }),
  onPicture: (set, item, options) => host.post({ type: 'picture', set, item, options }),
});

document
  .getElementById('page')!
  .append(element('header', {}, title, curves), problem, controls.root, tables, unfinished, items.root);

function remember(part: Partial<ResultsViewState>): void {
  view = { ...view, ...part };
  host.remember(view);
}

/** The extension arranges: the table is the one that the command line prints. */
function arrange(part: Partial<Pick<ResultsViewState, 'arrangement' | 'reference' | 'cost'>>): void {
  remember(part);
  const { arrangement, reference, cost } = view;
  host.post({ type: 'arrange', arrangement, reference, cost });
}

function showRuns(runs: string[]): void {
  remember({ runs, item: undefined });
  awaited = runs.length > 0;
  if (runs.length > 0) host.post({ type: 'items', runs });
  else items.hide();
  draw();
}

function receive(message: ToResultsPage): void {
  problem.hidden = message.type !== 'problem';
  switch (message.type) {
    case 'hydrate': {
      const first = content === undefined;
      // what the user chose while this was under way is newer
      if (first) remember(message.view);
      content = message;
      setText(title, message.title);
      draw();
      if (first && view.runs.length > 0) host.post({ type: 'items', runs: view.runs });
      return;
    }
    case 'items': {
      const { type: _, ...shown } = message;
      // else the user has gone on to other runs
      if (shown.runs.map(({ run }) => run).join('\n') !== view.runs.join('\n')) return;
      items.show(shown, view.filter ?? noFilter, view.item);
      if (awaited) items.root.scrollIntoView();
      awaited = false;
      return;
    }
    case 'picture':
      items.receive(message);
      return;
    case 'problem':
      setText(problem, message.message);
      return;
    default:
      message satisfies never;
  }
}

function draw(): void {
  if (!content) return;
  const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.focus : undefined;
  const onArrange = (part: Partial<Arrangement>) => arrange({ arrangement: { ...view.arrangement, ...part } });
  controls.show(content, view);
  controls.root.hidden = content.tables.length === 0;
  tables.replaceChildren(
    ...content.tables.map((table) =>
      element(
        'section',
        {},
        comparison(table, view, {
          onSort: (sort) => onArrange({ sort }),
          onRun: (run) => showRuns([run]),
          onBeside: (runs, beside) =>
            showRuns(beside ? [...view.runs, ...runs] : view.runs.filter((run) => !runs.includes(run))),
          onStar: (runs, starred) => host.post({ type: 'star', runs, starred }),
        }),
        element('ul', { class: 'verdicts' }, ...table.verdicts.map((verdict) => element('li', {}, verdict))),
        element('ul', { class: 'notes' }, ...table.notes.map((note) => element('li', {}, note))),
      ),
    ),
  );
  const plots = scatter(content.tables, view.cost, (cost) => arrange({ cost }));
  if (plots) tables.append(plots);
  if (content.tables.length === 0) tables.append(element('p', { class: 'empty' }, t('No run is finished yet.')));
  unfinished.replaceChildren(
    ...(content.unfinished.length > 0
      ? [
          element('h2', {}, t('Without a result')),
          element('ul', {}, ...content.unfinished.map(({ run, state }) => element('li', {}, `${run}: ${state}`))),
        ]
      : []),
  );
  if (focused) tables.querySelector<HTMLElement>(`[data-focus="${CSS.escape(focused)}"]`)?.focus();
}

curves.addEventListener('click', () => host.post({ type: 'show_curves' }));
host.begin({ type: 'ready', view: host.remembered() });
