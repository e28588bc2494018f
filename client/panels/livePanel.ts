/** Host side of the live panel: hands changes of its target's runs to the reading thread, and what that found to the page, while the panel is visible. */
import * as vscode from 'vscode';
import type { RunSummary } from '../runs/store';
import type { PanelTarget, Services } from '../services';
import { throttled } from '../throttle';
import type { Shown } from './liveSession';
import type { FromLivePage, LiveViewState, ToLivePage } from './protocol';
import type { FollowedRun } from './runTrack';
import { runsOf, targetLabel } from './target';
import { choiceOf, liveChoice, liveViewState } from './viewState';
import { preparePage } from './webviewPage';

const batchMs = 60;
export const liveViewType = 'medpeft.live';

export function openLivePanel(
  context: vscode.ExtensionContext,
  services: Services,
  target: PanelTarget,
): vscode.WebviewPanel {
  const panel = vscode.window.createWebviewPanel(
    liveViewType,
    vscode.l10n.t('MedPEFT Live'),
    { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
    { enableScripts: true },
  );
  fillLivePanel(context, services, panel, liveViewState(target));
  return panel;
}

/** Only what the page shows goes to the thread: a manifest holds all settings. */
function followed({ id, folder, state, progress, manifest }: RunSummary): FollowedRun {
  const { model, task, method, seed, created } = manifest;
  return { id, folder, state, progress, manifest: { model, task, method, seed, created } };
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
  let changed = new Set<string>();

  const session = services.reader.open((told) => {
    if (told.type === 'live') post(told.message);
    if (told.type !== 'problem') return;
    services.log.error(told.stack ?? told.message);
    post({ type: 'problem', message: told.message });
  });

  const shown = (): Shown => {
    const runs = runsOf(services.runs, target);
    const label = targetLabel(services.runs, target, runs, vscode.l10n.t);
    panel.title = vscode.l10n.t('Live: {0}', label);
    return { label, runs: runs.map(followed) };
  };

  const tellSoon = throttled(() => {
    const folders = [...changed];
    changed = new Set();
    session.ask({ type: 'change', shown: shown(), folders });
  }, batchMs);

  const subscriptions = [
    session,
    tellSoon,
    services.runs.onDidChange(({ folders }) => {
      if (!panel.visible) return; // a page that is shown again asks for everything
      for (const folder of folders) changed.add(folder);
      tellSoon();
    }),
    panel.webview.onDidReceiveMessage((message: FromLivePage) => {
      switch (message.type) {
        case 'ready':
          if (message.choice) choice = liveChoice(message.choice);
          return session.ask({ type: 'begin', view, choice, shown: shown() });
        case 'choose':
          choice = liveChoice(message.choice);
          return session.ask({ type: 'choose', choice });
        case 'show_results':
          return void vscode.commands.executeCommand('medpeft.showResults', target);
        default:
          message satisfies never;
      }
    }),
  ];
  panel.onDidDispose(() => {
    for (const one of subscriptions) one.dispose();
  });
  preparePage(context, panel, 'live', []);
}
