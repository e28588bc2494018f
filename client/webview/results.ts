/** The results page: the comparison of methods, and the items of one run. */
import './common/page.css';
import './results/results.css';
import type { FromResultsPage, ResultsViewState, ToResultsPage } from '../panels/protocol';
import { element, setText } from './common/dom';
import { connect } from './common/host';
import { comparison } from './results/comparison';
import { noFilter } from './results/filter';
import { ItemsView } from './results/itemsView';

type Hydrate = Extract<ToResultsPage, { type: 'hydrate' }>;

let view: ResultsViewState = {};
let content: Hydrate | undefined;
/** The user asked for these items just now: bring them into sight when they come. */
let awaited: string | undefined;
const host = connect<ToResultsPage, FromResultsPage, ResultsViewState>(receive);

const title = element('h1');
const curves = element('button', { type: 'button' }, 'Show curves');
const problem = element('p', { class: 'problem', role: 'alert', hidden: true });
const tables = element('div', { class: 'tables' });
const unfinished = element('div', { class: 'unfinished' });
const items = new ItemsView({
  onFilter: (filter) => remember({ filter }),
  onItem: (item) => remember({ item }),
});

document.getElementById('page')!.append(element('header', {}, title, curves), problem, tables, unfinished, items.root);

function remember(part: Partial<ResultsViewState>): void {
  view = { ...view, ...part };
  host.remember(view);
}

function receive(message: ToResultsPage): void {
  problem.hidden = message.type !== 'problem';
  switch (message.type) {
    case 'hydrate': {
      // what this page remembers is newer than what the panel was opened with; what it shows is the panel's matter
      const { folder, specFile } = message.view;
      const first = content === undefined;
      remember({ ...message.view, ...host.remembered(), folder, specFile });
      content = message;
      setText(title, message.title);
      draw();
      if (first && view.run) host.post({ type: 'items', run: view.run });
      return;
    }
    case 'items':
      // else the user has gone on to another run
      if (message.run === view.run) items.show(message.label, message.sets, view.filter ?? noFilter, view.item);
      if (message.run === awaited) items.root.scrollIntoView();
      awaited = undefined;
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
  const focused = focusKey(document.activeElement);
  tables.replaceChildren(
    ...content.tables.map((table) =>
      comparison(table, view.sort, view.run, {
        onSort(sort) {
          remember({ sort });
          draw();
        },
        onRun(run) {
          remember({ run, item: undefined });
          awaited = run;
          host.post({ type: 'items', run });
          draw();
        },
      }),
    ),
  );
  if (content.tables.length === 0) tables.append(element('p', { class: 'empty' }, 'No run is finished yet.'));
  unfinished.replaceChildren(
    ...(content.unfinished.length > 0
      ? [
          element('h2', {}, 'Without a result'),
          element('ul', {}, ...content.unfinished.map(({ run, state }) => element('li', {}, `${run}: ${state}`))),
        ]
      : []),
  );
  if (focused) tables.querySelector<HTMLElement>(focused)?.focus();
}

/** A selector that finds the button again after the table was drawn anew. */
function focusKey(target: Element | null): string | undefined {
  if (!(target instanceof HTMLElement) || !tables.contains(target)) return undefined;
  const { column, run } = target.dataset;
  return run ? `[data-run="${CSS.escape(run)}"]` : column ? `[data-column="${column}"]` : undefined;
}

curves.addEventListener('click', () => host.post({ type: 'show_curves' }));
host.begin({ type: 'ready' });
