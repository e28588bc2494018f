/** Gives a panel its page, with access to the extension's own files and the named folders only. */
import * as vscode from 'vscode';
import { pageHtml } from './html';

export function preparePage(
  context: vscode.ExtensionContext,
  panel: vscode.WebviewPanel,
  page: 'live' | 'results' | 'environment',
  folders: readonly string[],
): void {
  const root = vscode.Uri.joinPath(context.extensionUri, 'dist', 'webview');
  const { webview } = panel;
  panel.iconPath = vscode.Uri.joinPath(context.extensionUri, 'media', 'icon.png');
  webview.options = {
    enableScripts: true,
    localResourceRoots: [root, ...folders.map((folder) => vscode.Uri.file(folder))],
  };
  const address = (name: string) => webview.asWebviewUri(vscode.Uri.joinPath(root, name)).toString();
  webview.html = pageHtml({
    title: panel.title,
    script: address(`${page}.js`),
    style: address(`${page}.css`),
    cspSource: webview.cspSource,
    language: vscode.env.language,
    words: vscode.l10n.bundle,
  });
}
