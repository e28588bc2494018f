/** The folders that the editor has open. */
import type { InitializeParams } from 'vscode-languageserver/node';
import { URI } from 'vscode-uri';

/** Absolute paths; none for an editor that opened a file alone. */
export function foldersOf({ workspaceFolders, rootUri }: InitializeParams): string[] {
  const uris = workspaceFolders?.map(({ uri }) => uri) ?? (rootUri ? [rootUri] : []);
  return uris.map((uri) => URI.parse(uri)).flatMap((uri) => (uri.scheme === 'file' ? [uri.fsPath] : []));
}
