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
/** After so long what was read so far is shown. */
const partMs = 200;
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
  /** Counts the readings of everything, so that one that was overtaken stops. */
  let round = 0;
  let hydrating = false;

  const tellProblem = (error: Error) => {
    services.log.error(error);
    post({ type: 'problem', message: error.message });
  };
  const guarded = (work: () => void) => {
    try {
      work();
    } catch (error) {
      tellProblem(error as Error);
    }
  };

  /** Reads what is new of a run; of one that is not followed yet, all. */
  const read = (summary: RunSummary): void => {
    const known = tracks.get(summary.folder) ?? { run: summary.id, track: new RunTrack(summary.folder, choice) };
    known.track.read(summary);
    tracks.set(summary.folder, known);
  };
  const trackOf = ({ folder }: RunSummary): RunTrack => tracks.get(folder)!.track;
  const measured = () => inOrder(new Set([...tracks.values()].flatMap(({ track }) => [...track.quantities])));

  /** Whether something is measured that the page does not know of: the first validation brings scores that a chart waits for. */
  const news = () => measured().join('\n') !== quantities.join('\n');

  const sendAll = (runs: readonly RunSummary[]) => {
    quantities = measured();
    shown = chosenQuantities(choice.quantities, quantities);
    const label = targetLabel(target, runs);
    panel.title = `Live: ${label}`;
    const data = runs.map((summary) => trackOf(summary).whole(summary, shown));
    post({ type: 'hydrate', view, title: label, quantities, shown, runs: data });
  };

  /**
   * Reads everything anew: for a page that knows nothing, or that asks for something else. Long runs take their time: what was read so far
   * is shown now and then, and in between the extension host does what else there is to do.
   */
  const hydrate = async () => {
    const own = ++round;
    tracks = new Map();
    changed = new Set();
    hydrating = true;
    let fresh: RunSummary[] = [];
    let told = false;
    let problem: Error | undefined;
    const tellPart = () =>
      guarded(() => {
        if (!told || news()) sendAll(readSoFar());
        else for (const summary of fresh) post({ type: 'run', data: trackOf(summary).whole(summary, shown) });
        told = true;
        fresh = [];
      });
    let toldAt = performance.now();
    for (const summary of runsOf(services.runs, target)) {
      try {
        read(summary);
        fresh.push(summary);
      } catch (error) {
        problem = error as Error;
      }
      if (performance.now() - toldAt < partMs) continue;
      tellPart();
      await new Promise((resolve) => setImmediate(resolve));
      // the panel was closed, or another choice came
      if (own !== round) return;
      toldAt = performance.now();
    }
    hydrating = false;
    tellPart();
    if (problem) tellProblem(problem);
    tellSoon();
  };
  const readSoFar = () => runsOf(services.runs, target).filter(({ folder }) => tracks.has(folder));

  /** Another axis or smoothing needs no reading; another quantity may. */
  const choose = (next: LiveChoice) => {
    choice = next;
    const kept = [...tracks.values()].map(({ track }) => track.choose(next));
    if (kept.includes(false) || hydrating) void hydrate();
    else guarded(() => sendAll(readSoFar()));
  };

  const tell = () =>
    guarded(() => {
      if (hydrating) return; // it tells at its end
      const runs = new Map(runsOf(services.runs, target).map((summary) => [summary.folder, summary]));
      for (const [folder, { run }] of tracks) {
        if (runs.has(folder)) continue;
        tracks.delete(folder);
        post({ type: 'gone', run });
      }
      const touched = [...runs.values()].filter(({ folder }) => changed.has(folder) || !tracks.has(folder));
      changed = new Set();
      for (const summary of touched) read(summary);
      if (news()) sendAll(readSoFar());
      else for (const summary of touched) post(trackOf(summary).news(summary, shown));
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
    round = -1;
    tellSoon.dispose();
    for (const one of subscriptions) one.dispose();
  });
  preparePage(context, panel, 'live', []);
}
