/** Host side of the results view: the comparison of the target's runs, and the items of the run that the user looks into. */
import * as vscode from 'vscode';
import type { RunSummary } from '../runs/store';
import type { PanelTarget, Services } from '../services';
import { imageFolders, itemSets } from './items';
import type { FromResultsPage, ResultsViewState, ToResultsPage } from './protocol';
import { runsOf, targetLabel } from './target';
import { preparePage } from './webviewPage';

const batchMs = 500;

export const resultsViewType = 'medpeft.results';

export function openResultsPanel(
  context: vscode.ExtensionContext,
  services: Services,
  target: PanelTarget,
): vscode.WebviewPanel {
  const panel = vscode.window.createWebviewPanel(resultsViewType, 'MedPEFT Results', vscode.ViewColumn.Active, {
    enableScripts: true,
  });
  fillResultsPanel(context, services, panel, target);
  return panel;
}

/** Fills a panel that was just made, or that VS Code restored after a restart with what its page remembered. */
export function fillResultsPanel(
  context: vscode.ExtensionContext,
  services: Services,
  panel: vscode.WebviewPanel,
  view: ResultsViewState,
): void {
  const target: PanelTarget = { folder: view.folder, specFile: view.specFile };
  const post = (message: ToResultsPage) => void panel.webview.postMessage(message);
  const shown = () => runsOf(services.runs, target);
  let timer: NodeJS.Timeout | undefined;
  let folders: string[] = [];
  let compared = '';
  let title = '';

  const guarded = (work: () => void) => {
    try {
      work();
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

  const hydrate = () =>
    guarded(() => {
      const runs = shown();
      const label = targetLabel(target, runs);
      panel.title = `Results: ${label}`;
      title = label;
      compared = fingerprint(runs);
      session.ask({ type: 'compare', runs });
    });

  const session = services.reader.open((told) => {
    if (told.type === 'compared')
      post({ type: 'hydrate', view, title, tables: told.tables, unfinished: told.unfinished });
    if (told.type !== 'problem') return;
    services.log.error(told.stack ?? told.message);
    post({ type: 'problem', message: told.message });
  });

  const subscriptions = [
    session,
    services.runs.onDidChange(() => {
      if (!panel.visible) return; // a page that is shown again asks for everything
      timer ??= setTimeout(() => {
        timer = undefined;
        // a step of a run in training changes nothing here, and reading all predictions takes its time
        if (!admitFolders() && fingerprint(shown()) !== compared) hydrate();
      }, batchMs);
    }),
    panel.webview.onDidReceiveMessage((message: FromResultsPage) => {
      switch (message.type) {
        case 'ready':
          // what changed while the panel was hidden may need other folders: then the page loads anew and asks again
          if (!admitFolders()) hydrate();
          return;
        case 'items':
          return guarded(() => {
            const run = shown().find(({ id }) => id === message.run);
            if (!run) return post({ type: 'problem', message: `The run ${message.run} is gone.` });
            const address = (file: string) => panel.webview.asWebviewUri(vscode.Uri.file(file)).toString();
            const { method, seed } = run.manifest;
            post({ type: 'items', run: run.id, label: `${method}, seed ${seed}`, sets: itemSets(run, address) });
          });
        case 'show_curves':
          return void vscode.commands.executeCommand('medpeft.showLive', target);
        default:
          message satisfies never;
      }
    }),
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
