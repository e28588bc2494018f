/** Writes what the results view shows to files that the user names: by the renderings that `medpeft compare` has. */
import path from 'node:path';
import * as vscode from 'vscode';
import { renderings } from '../../runner/reports';
import { renderNotes } from '../../runner/reports/notes';
import type { RunSummary } from '../runs/store';

export async function exportTable(kind: string, label: string, text: string): Promise<void> {
  const rendering = Object.entries(renderings).find(([name]) => name === kind)?.[1];
  if (!rendering) throw new Error(`There is no export as ${kind}.`);
  await save(rendering.name, rendering.ending, `${stem(label)}-comparison`, text);
}

/** The notes of all these runs, each item with its question and answers. */
export async function exportNotes(label: string, runs: readonly RunSummary[]): Promise<void> {
  await save('CSV', 'csv', `${stem(label)}-notes`, renderNotes(runs));
}

const stem = (label: string) => label.replace(/\.medpeft\.json$/, '').replace(/[^\w.-]+/g, '-');

async function save(name: string, ending: string, stemOfFile: string, text: string): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  const file = await vscode.window.showSaveDialog({
    ...(folder ? { defaultUri: vscode.Uri.file(path.join(folder, `${stemOfFile}.${ending}`)) } : {}),
    filters: { [name]: [ending] },
  });
  if (!file) return;
  await vscode.workspace.fs.writeFile(file, Buffer.from(text));
  await vscode.window.showTextDocument(file, { preview: false });
}
