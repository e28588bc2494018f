/** Host side of the results view: the comparison of the target's runs, and the items of the runs that the user looks into. */
import * as vscode from 'vscode';
import { renderings } from '../../runner/reports';
import { setNote, setStar } from '../../runner/runs';
import type { RunSummary } from '../runs/store';
import type { PanelTarget, Services } from '../services';
import type { AskedComparison } from './comparisons';
import { exportNotes, exportTable } from './exports';
import { type ImageNames, imageFolders, imageKey, itemSets, runComparison } from './items';
import { openRecord } from './openRecord';
import { createPictures } from './pictures';
import type { FromResultsPage, ResultsViewState, ToResultsPage } from './protocol';
import { runsOf, targetLabel } from './target';
import { arrangementOf, costOf, resultsViewState } from './viewState';
import { preparePage } from './webviewPage';

const batchMs = 500;

export const resultsViewType = 'medpeft.results';

const exports = Object.entries(renderings).map(([kind, { name }]) => ({ kind, name }));

export function openResultsPanel(
  context: vscode.ExtensionContext,
  services: Services,
  target: PanelTarget,
): vscode.WebviewPanel {
  const panel = vscode.window.createWebviewPanel(
    resultsViewType,
    vscode.l10n.t('MedPEFT Results'),
    vscode.ViewColumn.Active,
    {
      enableScripts: true,
    },
  );
  fillResultsPanel(context, services, panel, resultsViewState(target));
  return panel;
}

/** Fills a panel that was just made, or that VS Code restored after a restart with what its page remembered. */
export function fillResultsPanel(
  context: vscode.ExtensionContext,
  services: Services,
  panel: vscode.WebviewPanel,
  opened: ResultsViewState,
): void {
  let view = opened;
  const target: PanelTarget = { folder: view.folder, specFile: view.specFile };
  const post = (message: ToResultsPage) => void panel.webview.postMessage(message);
  const shown = () => runsOf(services.runs, target);
  let timer: NodeJS.Timeout | undefined;
  let folders: string[] = [];
  /** What the table was made from. */
  let compared = '';
  let title = '';
  let images: ImageNames = new Map();

  const guarded = async (work: () => unknown) => {
    try {
      await work();
    } catch (error) {
      services.log.error(error as Error);
      post({ type: 'problem', message: (error as Error).message });
    }
  };

  /** The page may load images from the data sets of the runs that it shows, and from nowhere else. Loads the page anew if they changed. */
  const admitFolders = (): boolean => {
    const needed = [...new Set(shown().flatMap(imageFolders))].sort();
    if (needed.join('\n') === folders.join('\n')) return false;
    folders = needed;
    preparePage(context, panel, 'results', folders);
    return true;
  };

  const asked = (): AskedComparison => {
    const { arrangement, cost, reference } = view;
    const runs = shown();
    const specFiles = [...new Set(runs.map(services.runs.specOf))];
    return { runs, specFiles, arrangement, cost, ...(reference ? { reference } : {}) };
  };

  const hydrate = () =>
    guarded(() => {
      const comparison = asked();
      title = targetLabel(services.runs, target, comparison.runs, vscode.l10n.t);
      panel.title = vscode.l10n.t('Results: {0}', title);
      compared = fingerprint(comparison.runs);
      session.ask({ type: 'compare', asked: comparison });
    });

  const session = services.reader.open((told) => {
    if (told.type === 'compared') {
      post({ type: 'hydrate', view, title, exports, tables: told.tables, unfinished: told.unfinished });
      if (told.problems.length > 0) post({ type: 'problem', message: told.problems.join('\n') });
    }
    if (told.type === 'rendered') void guarded(() => exportTable(told.kind, title, told.text));
    if (told.type !== 'problem') return;
    services.log.error(told.stack ?? told.message);
    post({ type: 'problem', message: told.message });
  });

  const runNamed = (id: string): RunSummary => {
    const run = shown().find((one) => one.id === id);
    if (!run) throw new Error(vscode.l10n.t('The run {0} is gone.', id));
    return run;
  };

  const sendItems = (ids: readonly string[]) =>
    guarded(() => {
      const runs = ids.map(runNamed);
      images = new Map();
      const address = (file: string) => panel.webview.asWebviewUri(vscode.Uri.file(file)).toString();
      const label = ({ manifest: { method, seed } }: RunSummary) => `${method}, ${vscode.l10n.t('seed {0}', seed)}`;
      post({
        type: 'items',
        runs: runs.map((run) => ({ run: run.id, label: label(run) })),
        sets: itemSets(runs, address, images),
        comparison: runComparison(runs),
      });
    });

  const pictures = createPictures(
    context.asAbsolutePath('dist/cli.js'),
    (set, item) => images.get(imageKey(set, item)),
    post,
  );

  const receive = (message: FromResultsPage): unknown => {
    switch (message.type) {
      case 'ready':
        if (message.view) view = { ...resultsViewState(message.view), ...target };
        // what changed while the panel was hidden may need other folders: then the page loads anew and asks again
        return admitFolders() || hydrate();
      case 'arrange': {
        const { arrangement, reference, cost } = message;
        view = { ...view, arrangement: arrangementOf(arrangement), reference, cost: costOf(cost) };
        return hydrate();
      }
      case 'items':
        return sendItems(message.runs);
      case 'picture':
        return guarded(() => pictures.send(message.set, message.item, message.options));
      case 'star':
        return guarded(() => {
          for (const run of message.runs) setStar(runNamed(run).folder, message.starred);
          return hydrate();
        });
      case 'note':
        return guarded(() => setNote(runNamed(message.run).folder, message.set, message.item, message.note));
      case 'record':
        return guarded(() => openRecord(runNamed(message.run), message.set, message.item));
      case 'export':
        return guarded(() => session.ask({ type: 'render', asked: asked(), kind: message.kind }));
      case 'export_notes':
        return guarded(() => exportNotes(targetLabel(services.runs, target, shown(), vscode.l10n.t), shown()));
      case 'show_curves':
        return vscode.commands.executeCommand('medpeft.showLive', target);
      default:
        return message satisfies never;
    }
  };

  const subscriptions = [
    session,
    pictures,
    services.runs.onDidChange(() => {
      if (!panel.visible) return; // a page that is shown again asks for everything
      timer ??= setTimeout(() => {
        timer = undefined;
        // a step of a run in training changes nothing here, and reading all predictions takes its time
        if (!admitFolders() && fingerprint(shown()) !== compared) void hydrate();
      }, batchMs);
    }),
    panel.webview.onDidReceiveMessage(receive),
  ];
  panel.onDidDispose(() => {
    clearTimeout(timer);
    for (const one of subscriptions) one.dispose();
  });
  if (!admitFolders()) preparePage(context, panel, 'results', folders);
}

/** What the comparison depends on. */
function fingerprint(runs: readonly RunSummary[]): string {
  return JSON.stringify(runs.map(({ id, state, result }) => [id, state, result?.finished]));
}
