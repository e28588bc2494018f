/** The panels: live curves and results. Each target has one panel of a kind, which is brought to the front when asked for again. */
import * as vscode from 'vscode';
import type { PanelTarget, Services } from '../services';
import { environmentViewType, fillEnvironmentPanel, openEnvironmentPanel } from './environmentPanel';
import { fillLivePanel, liveViewType, openLivePanel } from './livePanel';
import { PanelRegistry } from './registry';
import { fillResultsPanel, openResultsPanel, resultsViewType } from './resultsPanel';
import { createSurvivors, type Fill, type Survivors } from './survivors';
import { liveViewState, resultsViewState } from './viewState';

const open = new PanelRegistry();
let survivors: Survivors | undefined;

function keep(kind: string, target: PanelTarget, panel: vscode.WebviewPanel, state: unknown = target): void {
  open.add(kind, target, panel);
  survivors?.watch(panel, state);
}

/** Lets VS Code bring back the panels of the last session, and those whose extension host died; their data are read anew. */
export function registerPanels(context: vscode.ExtensionContext, services: Services): void {
  survivors = createSurvivors(vscode, context.workspaceState);
  const fills: Record<string, Fill> = {
    [liveViewType]: (panel, state) => {
      const view = liveViewState(state);
      keep(liveViewType, view, panel, view);
      fillLivePanel(context, services, panel, view);
    },
    [environmentViewType]: (panel) => {
      keep(environmentViewType, {}, panel);
      fillEnvironmentPanel(context, services, panel);
    },
    [resultsViewType]: (panel, state) => {
      const view = resultsViewState(state);
      keep(resultsViewType, view, panel, view);
      fillResultsPanel(context, services, panel, view);
    },
  };
  for (const [viewType, fill] of Object.entries(fills))
    context.subscriptions.push(
      vscode.window.registerWebviewPanelSerializer(viewType, {
        deserializeWebviewPanel: async (panel, state) => fill(panel, state),
      }),
    );
  void survivors.takeOver(fills);
}

export function showLivePanel(context: vscode.ExtensionContext, services: Services, target: PanelTarget = {}): void {
  if (!open.reveal(liveViewType, target)) keep(liveViewType, target, openLivePanel(context, services, target));
}

export function showResults(context: vscode.ExtensionContext, services: Services, target: PanelTarget = {}): void {
  if (!open.reveal(resultsViewType, target)) keep(resultsViewType, target, openResultsPanel(context, services, target));
}

export function showEnvironment(context: vscode.ExtensionContext, services: Services): void {
  if (!open.reveal(environmentViewType, {})) keep(environmentViewType, {}, openEnvironmentPanel(context, services));
}

export const activeTarget = (): PanelTarget | undefined => open.activeTarget();
