/** The demo for those who have nothing yet: copies it from the extension to a folder of the user's and opens that. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { ExtensionContext, Memento } from 'vscode';
import type { VsCode } from '../vscode';

const key = 'demo.opened';
const folderName = 'medpeft-demo';
const specName = 'compare.medpeft.json';

/** Asks where to, copies, and opens the copy; what lies there already is opened as it is. */
export async function openDemo(
  { window, workspace, commands, l10n, Uri }: VsCode,
  { extensionUri, globalState }: Pick<ExtensionContext, 'extensionUri' | 'globalState'>,
): Promise<void> {
  const chosen = await window.showOpenDialog({
    canSelectFiles: false,
    canSelectFolders: true,
    openLabel: l10n.t('Copy the Demo Here'),
    title: l10n.t('Where shall the folder {0} be made? It takes 9 MB.', folderName),
  });
  const [parent] = chosen ?? [];
  if (!parent) return;
  const folder = Uri.joinPath(parent, folderName);
  if (!existsSync(path.join(folder.fsPath, specName))) {
    const source = Uri.joinPath(extensionUri, 'examples', 'vqa-rad');
    await workspace.fs.createDirectory(folder);
    for (const name of ['data', 'model', specName, 'rates.medpeft.json'])
      await workspace.fs.copy(Uri.joinPath(source, name), Uri.joinPath(folder, name), { overwrite: true });
  }
  await globalState.update(key, folder.fsPath);
  await commands.executeCommand('vscode.openFolder', folder);
}

/** Shows the demo's spec in the window that was just opened for it. */
export async function showOpenedDemo({ window, workspace, Uri }: VsCode, globalState: Memento): Promise<void> {
  const folder = workspace.workspaceFolders?.[0]?.uri.fsPath;
  if (folder === undefined || globalState.get(key) !== folder) return;
  await globalState.update(key, undefined);
  await window.showTextDocument(Uri.file(path.join(folder, specName)));
}
