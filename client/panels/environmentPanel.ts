/** Host side of the environment page: makes the checks when asked and hands them over as they come. */
import * as vscode from 'vscode';
import { reportText } from '../environment/report';
import type { Services } from '../services';
import type { Check, FromEnvironmentPage, ToEnvironmentPage } from './protocol';
import { preparePage } from './webviewPage';

export const environmentViewType = 'medpeft.environment';

export function openEnvironmentPanel(context: vscode.ExtensionContext, services: Services): vscode.WebviewPanel {
  const title = vscode.l10n.t('MedPEFT Environment');
  const panel = vscode.window.createWebviewPanel(environmentViewType, title, vscode.ViewColumn.Active, {
    enableScripts: true,
  });
  fillEnvironmentPanel(context, services, panel);
  return panel;
}

/** Fills a panel that was just made, or that VS Code restored after a restart. */
export function fillEnvironmentPanel(
  context: vscode.ExtensionContext,
  services: Services,
  panel: vscode.WebviewPanel,
): void {
  const post = (message: ToEnvironmentPage) => void panel.webview.postMessage(message);
  let checks: Check[] = [];
  /** Counts the rounds, so that a round that was overtaken says nothing more. */
  let round = 0;

  const check = async () => {
    const own = ++round;
    checks = [];
    const tell = (going: boolean) => post({ type: 'checks', checks, going });
    try {
      tell(true);
      for await (const one of services.checkEnvironment()) {
        if (own !== round) return;
        checks = [...checks, one];
        tell(true);
      }
      tell(false);
    } catch (error) {
      services.log.error(error as Error);
      post({ type: 'problem', message: (error as Error).message });
    }
  };

  const listening = panel.webview.onDidReceiveMessage((message: FromEnvironmentPage) => {
    switch (message.type) {
      case 'ready':
      case 'again':
        return check();
      case 'copy':
        return vscode.env.clipboard.writeText(reportText(checks));
      case 'settings':
        return vscode.commands.executeCommand('workbench.action.openSettings', 'medpeft.nodePath');
      case 'open':
        return vscode.window.showTextDocument(vscode.Uri.file(message.specFile));
      default:
        return message satisfies never;
    }
  });
  panel.onDidDispose(() => {
    round = -1;
    listening.dispose();
  });
  preparePage(context, panel, 'environment', []);
}
