/** Host side of the live panel: follows the runs of its target and tells the page what is new, at most ten times a second, while it is visible. */
import * as vscode from 'vscode';
import type { PanelTarget, Services } from '../services';
import type { FromLivePage, LiveViewState, ToLivePage } from './protocol';
import { RunTrack } from './runTrack';
import { runsOf, targetLabel } from './target';
import { clampSmoothing, liveViewState } from './viewState';
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
  let smoothing = view.smoothing;
  let tracks = new Map<string, { run: string; track: RunTrack }>();
  let timer: NodeJS.Timeout | undefined;
  let changed = new Set<string>();

  const guarded = (work: () => void) => {
    try {
      work();
    } catch (error) {
      services.log.error(error as Error);
      post({ type: 'problem', message: (error as Error).message });
    }
  };

  const hydrate = () =>
    guarded(() => {
      tracks = new Map();
      changed = new Set();
      const shown = runsOf(services.runs, target);
      const label = targetLabel(target, shown);
      panel.title = `Live: ${label}`;
      const runs = shown.map((summary) => {
        const track = new RunTrack(summary.folder);
        tracks.set(summary.folder, { run: summary.id, track });
        return track.whole(summary, smoothing);
      });
      post({ type: 'hydrate', view: { ...view, smoothing }, title: label, runs });
    });

  const tell = () =>
    guarded(() => {
      timer = undefined;
      const shown = new Map(runsOf(services.runs, target).map((summary) => [summary.folder, summary]));
      for (const [folder, { run }] of tracks) {
        if (shown.has(folder)) continue;
        tracks.delete(folder);
        post({ type: 'gone', run });
      }
      for (const [folder, summary] of shown) {
        const known = tracks.get(folder);
        if (!known) {
          const track = new RunTrack(folder);
          tracks.set(folder, { run: summary.id, track });
          post({ type: 'run', data: track.whole(summary, smoothing) });
        } else if (changed.has(folder)) post(known.track.news(summary, smoothing));
      }
      changed = new Set();
    });

  const subscriptions = [
    services.runs.onDidChange(({ folders }) => {
      if (!panel.visible) return; // a page that is shown again asks for everything
      for (const folder of folders) changed.add(folder);
      timer ??= setTimeout(tell, batchMs);
    }),
    panel.webview.onDidReceiveMessage((message: FromLivePage) => {
      switch (message.type) {
        case 'ready':
          return hydrate();
        case 'smoothing':
          smoothing = clampSmoothing(message.factor);
          return hydrate();
        case 'show_results':
          return void vscode.commands.executeCommand('medpeft.showResults', target);
        default:
          message satisfies never;
      }
    }),
  ];
  panel.onDidDispose(() => {
    clearTimeout(timer);
    for (const one of subscriptions) one.dispose();
  });
  preparePage(context, panel, 'live', []);
}
