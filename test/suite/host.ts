/** What the tests in the extension host share: the extension, the fixture's files, and waiting for a condition. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Api } from '../../client/extension';

export const extensionId = 'medpeft.medpeft';

export async function activated(): Promise<Api> {
  const extension = vscode.extensions.getExtension<Api>(extensionId);
  assert.ok(extension, `${extensionId} is installed`);
  const api = await extension.activate();
  await api.ready;
  return api;
}

export function file(name: string): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder, 'a folder is open');
  return vscode.Uri.joinPath(folder.uri, name);
}

export async function opened(name: string): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(file(name));
  await vscode.window.showTextDocument(document);
  return document;
}

/** Position of the `offset`th character of the first occurrence of `text`. */
export function at(document: vscode.TextDocument, text: string, offset = 1): vscode.Position {
  const index = document.getText().indexOf(text);
  assert.ok(index >= 0, `${text} is in ${document.uri.path}`);
  return document.positionAt(index + offset);
}

export function rangeOf(document: vscode.TextDocument, text: string): vscode.Range {
  return new vscode.Range(at(document, text, 0), at(document, text, text.length));
}

/** How long that may take, in milliseconds: far beyond what a busy machine needs. */
const patience = 120_000;

/** Waits until `find` finds something. On time-out says what `find` saw last, through `seen`. */
export async function until<T>(
  what: string,
  find: () => T | undefined | false | null,
  { seen = () => '' }: { seen?: () => unknown } = {},
): Promise<T> {
  const end = Date.now() + patience;
  for (;;) {
    const found = find();
    if (found) return found;
    if (Date.now() > end) throw new Error(`waited ${patience} ms for ${what}; last seen: ${JSON.stringify(seen())}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export function codesOf(uri: vscode.Uri): string[] {
  return vscode.languages.getDiagnostics(uri).map(codeOf).sort();
}

export function codeOf({ code }: vscode.Diagnostic): string {
  return String(typeof code === 'object' ? code.value : code);
}
