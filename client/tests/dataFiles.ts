/** Tells of files of the workspace that a run may read: tables of data sets, and checkpoints. */
import type { Disposable, Event } from 'vscode';
import { disposables } from '../disposables';
import type { VsCode } from '../vscode';

const pattern = '**/*.{json,jsonl,csv,tsv,parquet,safetensors}';

/** @returns an event with absolute paths */
export function watchDataFiles({ EventEmitter, workspace }: VsCode): Disposable & { onDidChange: Event<string> } {
  const held = disposables();
  const changed = held.add(new EventEmitter<string>());
  const watcher = held.add(workspace.createFileSystemWatcher(pattern));
  for (const event of [watcher.onDidCreate, watcher.onDidChange, watcher.onDidDelete])
    held.add(event(({ fsPath }) => changed.fire(fsPath)));
  return { onDidChange: changed.event, dispose: () => held.dispose() };
}
