/** Shows a folder: in the Explorer view if it belongs to the workspace, else in the system's file manager. */
import type { VsCode } from '../vscode';

export async function revealFolder({ commands, env, UIKind, Uri, window, workspace, l10n }: VsCode, folder: string) {
  const uri = Uri.file(folder);
  if (workspace.getWorkspaceFolder(uri)) await commands.executeCommand('revealInExplorer', uri);
  else if (env.remoteName === undefined && env.uiKind === UIKind.Desktop)
    await commands.executeCommand('revealFileInOS', uri);
  // the file manager would open on the machine of the window, where the folder is not
  else await window.showInformationMessage(l10n.t('The run folder is {0}', folder));
}
