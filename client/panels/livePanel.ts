/** Host side of the live panel: follows the runs of its target and tells the page what is new, at most ten times a second, while it is visible. */
import * as vscode from 'vscode';
import type { RunSummary } from '../runs/store';
import type { PanelTarget, Services } from '../services';
import { throttled } from '../throttle';
import type { FromLivePage, LiveChoice, LiveViewState, ToLivePage } from './protocol';
import { chosenQuantities, inOrder } from './quantities';
import { RunTrack } from './runTrack';
import { runsOf, targetLabel } from './target';
import { choiceOf, liveChoice, liveViewState } from './viewState';
import { preparePage } from './webviewPage';

const batchMs = 100;
export const liveViewType = 'medpeft.live';

export function openLivePanel(
  context: vscode.ExtensionContext,
  services: Services,
  target: PanelTarget,
): vscode.WebviewPanel {
  const panel = vscode.window.createWebviewPanel(
    liveViewType,
    'MedPEFT Live',
    { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
    { enableScripts: true },
  );
  fillLivePanel(context, services, panel, liveViewState(target));
  return panel;
}

/** Fills a panel that was just made, or that VS Code restored after a restart with what its page remembered. */
export function fillLivePanel(
  context: vscode.ExtensionContext,
  services: Services,
  panel: vscode.WebviewPanel,
  view: LiveViewState,
): void {
  const target: PanelTarget = { folder: view.folder, specFile: view.specFile };
  const post = (message: ToLivePage) => void panel.webview.postMessage(message);
  let choice = choiceOf(view);
  let tracks = new Map<string, { run: string; track: RunTrack }>();
  /** What the page was told that there is to show, and what its charts show. */
  let quantities: string[] = [];
  let shown: [string, string] = ['', ''];
  let changed = new Set<string>();

  const guarded = (work: () => void) => {
    try {
      work();
    } catch (error) {
      services.log.error(error as Error);
      post({ type: 'problem', message: (error as Error).message });
    }
  };

  /** Reads what is new of a run; of one that is not followed yet, all. */
  const read = (summary: RunSummary): RunTrack => {
    const known = tracks.get(summary.folder) ?? { run: summary.id, track: new RunTrack(summary.folder, choice) };
    tracks.set(summary.folder, known);
    known.track.read(summary);
    return known.track;
  };
  const measured = () => inOrder(new Set([...tracks.values()].flatMap(({ track }) => [...track.quantities])));

  const sendAll = (runs: readonly RunSummary[]) => {
    quantities = measured();
    shown = chosenQuantities(choice.quantities, quantities);
    const label = targetLabel(target, runs);
    panel.title = `Live: ${label}`;
    const data = runs.map((summary) => tracks.get(summary.folder)!.track.whole(summary, shown));
    post({ type: 'hydrate', view, title: label, quantities, shown, runs: data });
  };

  /** Reads everything anew: for a page that knows nothing, or that asks for something else. */
  const hydrate = () =>
    guarded(() => {
      tracks = new Map();
      changed = new Set();
      const runs = runsOf(services.runs, target);
      for (const summary of runs) read(summary);
      sendAll(runs);
    });

  /** Another axis or smoothing needs no reading; another quantity may. */
  const choose = (next: LiveChoice) => {
    choice = next;
    const kept = [...tracks.values()].map(({ track }) => track.choose(next));
    if (kept.includes(false)) hydrate();
    else guarded(() => sendAll(runsOf(services.runs, target).filter(({ folder }) => tracks.has(folder))));
  };

  const tell = () =>
    guarded(() => {
      const runs = new Map(runsOf(services.runs, target).map((summary) => [summary.folder, summary]));
      for (const [folder, { run }] of tracks) {
        if (runs.has(folder)) continue;
        tracks.delete(folder);
        post({ type: 'gone', run });
      }
      const news = [...runs.values()].filter(({ folder }) => changed.has(folder) || !tracks.has(folder));
      changed = new Set();
      for (const summary of news) read(summary);
      // the first validation brings scores that a chart waits for
      if (measured().join('\n') !== quantities.join('\n')) return sendAll([...runs.values()]);
      for (const summary of news) post(tracks.get(summary.folder)!.track.news(summary, shown));
    });

  const tellSoon = throttled(tell, batchMs);
  const subscriptions = [
    services.runs.onDidChange(({ folders }) => {
      if (!panel.visible) return; // a page that is shown again asks for everything
      for (const folder of folders) changed.add(folder);
      tellSoon();
    }),
    panel.webview.onDidReceiveMessage((message: FromLivePage) => {
      switch (message.type) {
        case 'ready':
          if (message.choice) choice = liveChoice(message.choice);
          return hydrate();
        case 'choose':
          return choose(liveChoice(message.choice));
        case 'show_results':
          return void vscode.commands.executeCommand('medpeft.showResults', target);
        default:
          message satisfies never;
      }
    }),
  ];
  panel.onDidDispose(() => {
    tellSoon.dispose();
    for (const one of subscriptions) one.dispose();
  });
  preparePage(context, panel, 'live', []);
}
