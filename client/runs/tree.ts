/** The Runs view: each spec, and under it its runs with state, progress and the age of their last event. */
import path from 'node:path';
import type { Disposable, ThemeIcon, TreeDataProvider, TreeItem } from 'vscode';
import { disposables } from '../disposables';
import { runsViewId } from '../ids';
import type { Launcher } from '../runner/launcher';
import type { RunQueue } from '../runner/queue';
import type { SpecIndex } from '../specs';
import { throttled } from '../throttle';
import type { VsCode } from '../vscode';
import { computedBy, failureReason, runDescription, runLabel, startLabel, stateText } from './describe';
import type { RunState, RunStore } from './store';

/** What commands in the view's menus get. */
export type RunsNode =
  | { kind: 'spec'; specFile: string }
  | { kind: 'run'; folder: string }
  /** A start in the queue, by its number. */
  | { kind: 'waiting'; waiting: number };

export interface RunsTreeParts {
  vscode: VsCode;
  specs: SpecIndex;
  runs: RunStore;
  launcher: Pick<Launcher, 'active' | 'onDidChange'>;
  queue: Pick<RunQueue, 'waiting' | 'onDidChange'>;
}

/** Ages are shown in seconds, so the view follows the clock while it is seen and something runs. */
const tickMs = 1000;

/** VS Code waits for a pause of 200 ms before it draws a tree anew: a run that told of itself more often would never be drawn. */
const redrawMs = 400;

export function createRunsView(parts: RunsTreeParts): Disposable {
  const { vscode, specs, runs, launcher, queue } = parts;
  const held = disposables();
  const changed = held.add(new vscode.EventEmitter<RunsNode | undefined>());
  const provider: TreeDataProvider<RunsNode> = {
    onDidChangeTreeData: changed.event,
    getChildren: (node) => childrenOf(parts, node),
    getTreeItem: (node) => itemOf(parts, node),
    getParent: (node) => parentOf(parts, node),
  };
  const view = held.add(
    vscode.window.createTreeView(runsViewId, { treeDataProvider: provider, showCollapseAll: true }),
  );
  const redraw = held.add(throttled(() => changed.fire(undefined), redrawMs));
  held.add(
    runs.onDidChange(redraw),
    specs.onDidChange(redraw),
    launcher.onDidChange(redraw),
    queue.onDidChange(redraw),
  );
  const timer = setInterval(() => {
    if (view.visible && runs.list().some((run) => run.state === 'running')) redraw();
  }, tickMs);
  held.add({ dispose: () => clearInterval(timer) });
  return held;
}

/** Specs of the workspace, then specs that only run folders tell of. */
function childrenOf({ specs, runs, queue }: RunsTreeParts, node: RunsNode | undefined): RunsNode[] {
  if (node?.kind === 'spec')
    return [
      ...waitingFor(queue, node.specFile).map(({ id }): RunsNode => ({ kind: 'waiting', waiting: id })),
      ...runs.ofSpec(node.specFile).map((run): RunsNode => ({ kind: 'run', folder: run.folder })),
    ];
  if (node) return [];
  const files = [...specs.list().map((spec) => spec.file), ...runs.list().map(runs.specOf)];
  return [...new Set(files)].map((specFile) => ({ kind: 'spec', specFile }));
}

const waitingFor = (queue: RunsTreeParts['queue'], specFile: string) =>
  queue.waiting().filter((entry) => entry.specFile === specFile);

function parentOf({ runs, queue }: RunsTreeParts, node: RunsNode): RunsNode | undefined {
  if (node.kind === 'spec') return undefined;
  const run = node.kind === 'run' ? runs.get(node.folder) : undefined;
  const entry = node.kind === 'waiting' ? queue.waiting().find(({ id }) => id === node.waiting) : undefined;
  const specFile = run ? runs.specOf(run) : entry?.specFile;
  return specFile === undefined ? undefined : { kind: 'spec', specFile };
}

function itemOf(parts: RunsTreeParts, node: RunsNode): TreeItem {
  switch (node.kind) {
    case 'spec':
      return specItem(parts, node.specFile);
    case 'run':
      return runItem(parts, node.folder);
    case 'waiting':
      return waitingItem(parts, node.waiting);
  }
}

function specItem({ vscode, specs, runs, launcher, queue }: RunsTreeParts, specFile: string): TreeItem {
  const { l10n, TreeItemCollapsibleState, Uri, ThemeIcon } = vscode;
  const own = runs.ofSpec(specFile);
  const known = specs.get(specFile);
  const running = own.filter((run) => run.state === 'running').length;
  const launched = launcher.active().some((launch) => launch.specFile === specFile);
  const starting = launched && running === 0;
  const waits = waitingFor(queue, specFile).length > 0;
  const filled = own.length > 0 || waits;
  const item = new vscode.TreeItem(
    known?.name ?? path.basename(specFile),
    filled ? TreeItemCollapsibleState.Expanded : TreeItemCollapsibleState.None,
  );
  // an item keeps the state it had when it was empty, so the first run makes it another one
  item.id = `spec:${specFile}${filled ? ':runs' : ''}`;
  item.iconPath = new ThemeIcon('beaker');
  item.description = starting
    ? l10n.t('starting …')
    : running > 0
      ? l10n.t('{0} running, {1} in all', running, own.length)
      : own.length === 0
        ? waits
          ? l10n.t('waits in the queue')
          : l10n.t('not run yet')
        : l10n.t('{0} runs', own.length);
  item.tooltip = specFile;
  item.contextValue = launched || running > 0 || waits ? 'spec.active' : known ? 'spec' : 'spec.gone';
  if (known && own.length === 0)
    item.command = { command: 'vscode.open', title: l10n.t('Open'), arguments: [Uri.file(specFile)] };
  return item;
}

function runItem({ vscode, runs }: RunsTreeParts, folder: string): TreeItem {
  const { l10n } = vscode;
  const run = runs.get(folder);
  // gone between drawing the list and drawing the item; the next notice drops it
  if (!run) return new vscode.TreeItem(path.basename(folder));
  const item = new vscode.TreeItem(runLabel(run, runs.ofSpec(runs.specOf(run))));
  item.id = `run:${folder}`;
  item.iconPath = stateIcon(vscode, run.state);
  item.description = runDescription(run, Date.now(), l10n.t);
  const reason = failureReason(run);
  item.tooltip = [
    run.id,
    run.state === 'running' && stateText(run.state, l10n.t),
    item.description,
    computedBy(run),
    reason && `${reason.code} ${reason.message}`,
    reason?.hint,
  ]
    .filter(Boolean)
    .join('\n');
  item.accessibilityInformation = { label: `${item.label}, ${stateText(run.state, l10n.t)}, ${item.description}` };
  item.contextValue = `run.${run.state}`;
  const command = run.state === 'finished' ? 'medpeft.showResults' : 'medpeft.showLive';
  item.command = { command, title: l10n.t('Show'), arguments: [{ kind: 'run', folder } satisfies RunsNode] };
  return item;
}

function waitingItem({ vscode, runs, queue }: RunsTreeParts, id: number): TreeItem {
  const { l10n } = vscode;
  const all = queue.waiting();
  const place = all.findIndex((entry) => entry.id === id);
  const entry = all[place];
  // it started between drawing the list and drawing the item
  if (!entry) return new vscode.TreeItem('');
  const run = entry.resume === undefined ? undefined : runs.get(entry.resume);
  const item = new vscode.TreeItem(
    run ? l10n.t('resume {0}', runLabel(run, runs.ofSpec(runs.specOf(run)))) : startLabel(entry.filter, l10n.t),
  );
  item.id = `waiting:${id}`;
  item.iconPath = stateIcon(vscode, 'queued');
  item.description = l10n.t('waits, {0} of {1} in the queue', place + 1, all.length);
  item.contextValue = 'waiting';
  return item;
}

export function stateIcon(
  { ThemeIcon, ThemeColor }: Pick<VsCode, 'ThemeIcon' | 'ThemeColor'>,
  state: RunState,
): ThemeIcon {
  switch (state) {
    case 'queued':
      return new ThemeIcon('clock');
    case 'running':
      return new ThemeIcon('sync');
    case 'finished':
      return new ThemeIcon('pass', new ThemeColor('testing.iconPassed'));
    case 'failed':
      return new ThemeIcon('error', new ThemeColor('testing.iconFailed'));
    case 'cancelled':
      return new ThemeIcon('circle-slash');
    case 'interrupted':
      return new ThemeIcon('warning', new ThemeColor('list.warningForeground'));
  }
}
