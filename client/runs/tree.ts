/** The Runs view: each spec, and under it its runs with state, progress and the age of their last event. */
import path from 'node:path';
import type { Disposable, ThemeIcon, TreeDataProvider, TreeItem } from 'vscode';
import { disposables } from '../disposables';
import { runsViewId } from '../ids';
import type { Launcher } from '../runner/launcher';
import type { SpecIndex } from '../specs';
import type { VsCode } from '../vscode';
import { failureReason, runDescription, runLabel, stateText } from './describe';
import type { RunState, RunStore, RunSummary } from './store';

/** What commands in the view's menus get. */
export type RunsNode = { kind: 'spec'; specFile: string } | { kind: 'run'; folder: string };

export interface RunsTreeParts {
  vscode: VsCode;
  specs: SpecIndex;
  runs: RunStore;
  launcher: Pick<Launcher, 'active' | 'onDidChange'>;
}

/** Ages are shown in seconds, so the view follows the clock while it is seen and something runs. */
const tickMs = 1000;

export function createRunsView(parts: RunsTreeParts): Disposable {
  const { vscode, specs, runs, launcher } = parts;
  const held = disposables();
  const changed = held.add(new vscode.EventEmitter<RunsNode | undefined>());
  const provider: TreeDataProvider<RunsNode> = {
    onDidChangeTreeData: changed.event,
    getChildren: (node) => childrenOf(parts, node),
    getTreeItem: (node) => (node.kind === 'spec' ? specItem(parts, node.specFile) : runItem(parts, node.folder)),
    getParent: (node) => (node.kind === 'spec' ? undefined : parentOf(parts, node.folder)),
  };
  const view = held.add(
    vscode.window.createTreeView(runsViewId, { treeDataProvider: provider, showCollapseAll: true }),
  );
  const redraw = () => changed.fire(undefined);
  held.add(runs.onDidChange(redraw), specs.onDidChange(redraw), launcher.onDidChange(redraw));
  const timer = setInterval(() => {
    if (view.visible && runs.list().some((run) => run.state === 'running')) redraw();
  }, tickMs);
  held.add({ dispose: () => clearInterval(timer) });
  return held;
}

/** Specs of the workspace, then specs that only run folders tell of. */
function childrenOf({ specs, runs }: RunsTreeParts, node: RunsNode | undefined): RunsNode[] {
  if (node?.kind === 'run') return [];
  if (node) return runs.ofSpec(node.specFile).map((run) => ({ kind: 'run', folder: run.folder }));
  const files = [...specs.list().map((spec) => spec.file), ...runs.list().map(specOf)];
  return [...new Set(files)].map((specFile) => ({ kind: 'spec', specFile }));
}

function parentOf({ runs }: RunsTreeParts, folder: string): RunsNode | undefined {
  const run = runs.get(folder);
  return run && { kind: 'spec', specFile: specOf(run) };
}

/** The spec's file; a manifest without one is listed under its output folder. */
export function specOf(run: RunSummary): string {
  return run.manifest.spec?.file ?? path.dirname(run.folder);
}

function specItem({ vscode, specs, runs, launcher }: RunsTreeParts, specFile: string): TreeItem {
  const { l10n, TreeItemCollapsibleState, Uri, ThemeIcon } = vscode;
  const own = runs.ofSpec(specFile);
  const known = specs.get(specFile);
  const running = own.filter((run) => run.state === 'running').length;
  const launched = launcher.active().some((launch) => launch.specFile === specFile);
  const starting = launched && running === 0;
  const item = new vscode.TreeItem(
    known?.name ?? path.basename(specFile),
    own.length > 0 ? TreeItemCollapsibleState.Expanded : TreeItemCollapsibleState.None,
  );
  // an item keeps the state it had when it was empty, so the first run makes it another one
  item.id = `spec:${specFile}${own.length > 0 ? ':runs' : ''}`;
  item.iconPath = new ThemeIcon('beaker');
  item.description = starting
    ? l10n.t('starting …')
    : running > 0
      ? l10n.t('{0} running, {1} in all', running, own.length)
      : own.length === 0
        ? l10n.t('not run yet')
        : l10n.t('{0} runs', own.length);
  item.tooltip = specFile;
  item.contextValue = launched || running > 0 ? 'spec.active' : known ? 'spec' : 'spec.gone';
  if (known && own.length === 0)
    item.command = { command: 'vscode.open', title: l10n.t('Open'), arguments: [Uri.file(specFile)] };
  return item;
}

function runItem({ vscode, runs }: RunsTreeParts, folder: string): TreeItem {
  const { l10n } = vscode;
  const run = runs.get(folder);
  // gone between drawing the list and drawing the item; the next notice drops it
  if (!run) return new vscode.TreeItem(path.basename(folder));
  const item = new vscode.TreeItem(runLabel(run, runs.ofSpec(specOf(run))));
  item.id = `run:${folder}`;
  item.iconPath = stateIcon(vscode, run.state);
  item.description = runDescription(run, Date.now(), l10n.t);
  const reason = failureReason(run);
  item.tooltip = [
    run.id,
    run.state === 'running' && stateText(run.state, l10n.t),
    item.description,
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

export function stateIcon(
  { ThemeIcon, ThemeColor }: Pick<VsCode, 'ThemeIcon' | 'ThemeColor'>,
  state: RunState,
): ThemeIcon {
  switch (state) {
    case 'queued':
      return new ThemeIcon('clock');
    case 'running':
      return new ThemeIcon('sync~spin');
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
