/** The panels: live curves and results. Each target has one panel of a kind, which is brought to the front when asked for again. */
import * as vscode from 'vscode';
import type { PanelTarget, Services } from '../services';
import { environmentViewType, fillEnvironmentPanel, openEnvironmentPanel } from './environmentPanel';
import { fillLivePanel, liveViewType, openLivePanel } from './livePanel';
import { PanelRegistry } from './registry';
import { fillResultsPanel, openResultsPanel, resultsViewType } from './resultsPanel';
import { liveViewState, resultsViewState } from './viewState';

const open = new PanelRegistry();

/** Lets VS Code bring back the panels of the last session; their data are read anew. */
export function registerPanels(context: vscode.ExtensionContext, services: Services): void {
  context.subscriptions.push(
    vscode.window.registerWebviewPanelSerializer(liveViewType, {
      async deserializeWebviewPanel(panel, state) {
        const view = liveViewState(state);
        open.add(liveViewType, view, panel);
        fillLivePanel(context, services, panel, view);
      },
    }),
    vscode.window.registerWebviewPanelSerializer(environmentViewType, {
      async deserializeWebviewPanel(panel) {
        open.add(environmentViewType, {}, panel);
        fillEnvironmentPanel(context, services, panel);
      },
    }),
    vscode.window.registerWebviewPanelSerializer(resultsViewType, {
      async deserializeWebviewPanel(panel, state) {
        const view = resultsViewState(state);
        open.add(resultsViewType, view, panel);
        fillResultsPanel(context, services, panel, view);
      },
    }),
  );
}

export function showLivePanel(context: vscode.ExtensionContext, services: Services, target: PanelTarget = {}): void {
  if (!open.reveal(liveViewType, target)) open.add(liveViewType, target, openLivePanel(context, services, target));
}

export function showResults(context: vscode.ExtensionContext, services: Services, target: PanelTarget = {}): void {
  if (!open.reveal(resultsViewType, target))
    open.add(resultsViewType, target, openResultsPanel(context, services, target));
}

export function showEnvironment(context: vscode.ExtensionContext, services: Services): void {
  if (!open.reveal(environmentViewType, {})) open.add(environmentViewType, {}, openEnvironmentPanel(context, services));
}

export const activeTarget = (): PanelTarget | undefined => open.activeTarget();
