/** The specs of the workspace, and those opened from elsewhere: where they lie and where their runs are written. */
import path from 'node:path';
import type { Disposable, Event, Uri } from 'vscode';
import { disposables } from './disposables';
import { languageId } from './ids';
import type { VsCode } from './vscode';

export interface KnownSpec {
  uri: Uri;
  /** Absolute path. */
  file: string;
  /** The spec's name, else the file's. */
  name: string;
  /** Absolute folder that its runs are written to. */
  outputDir: string;
}

export interface SpecIndex extends Disposable {
  list(): readonly KnownSpec[];
  get(file: string): KnownSpec | undefined;
  /** Absolute output folders of all known specs, each once. */
  outputDirs(): readonly string[];
  /** Files of the specs that were found, changed or went away. */
  readonly onDidChange: Event<readonly string[]>;
  /** The workspace has been searched. */
  readonly ready: Promise<void>;
}

const pattern = '**/*.medpeft.json';

/** @param describe name and output folder of a spec file; must not throw for a broken spec */
export function createSpecIndex(
  vscode: VsCode,
  describe: (file: string) => { name: string; outputDir: string },
): SpecIndex {
  const { workspace, EventEmitter } = vscode;
  const held = disposables();
  const changed = held.add(new EventEmitter<readonly string[]>());
  const specs = new Map<string, KnownSpec>();

  const look = (uri: Uri) => {
    // runs are written beside a spec on disk; elsewhere there are none to look for
    if (uri.scheme !== 'file') return;
    specs.set(uri.fsPath, { uri, file: uri.fsPath, ...describe(uri.fsPath) });
  };
  const lookAndTell = (uri: Uri) => {
    look(uri);
    changed.fire([uri.fsPath]);
  };

  const watcher = held.add(workspace.createFileSystemWatcher(pattern));
  // of a folder that was moved or deleted VS Code tells, not of what was in it
  const deletions = held.add(workspace.createFileSystemWatcher('**', true, true));
  held.add(
    deletions.onDidDelete(({ fsPath }) => {
      const gone = [...specs.keys()].filter((file) => file === fsPath || file.startsWith(fsPath + path.sep));
      for (const file of gone) specs.delete(file);
      if (gone.length > 0) changed.fire(gone);
    }),
    watcher.onDidCreate(lookAndTell),
    watcher.onDidChange(lookAndTell),
    workspace.onDidOpenTextDocument((document) => {
      if (document.languageId === languageId && !specs.has(document.uri.fsPath)) lookAndTell(document.uri);
    }),
    workspace.onDidSaveTextDocument((document) => {
      if (document.languageId === languageId) lookAndTell(document.uri);
    }),
  );

  const ready = (async () => {
    for (const uri of await workspace.findFiles(pattern, '**/node_modules/**')) look(uri);
    for (const document of workspace.textDocuments) if (document.languageId === languageId) look(document.uri);
    changed.fire([...specs.keys()]);
  })();

  return {
    list: () => [...specs.values()].sort((a, b) => (a.file < b.file ? -1 : 1)),
    get: (file) => specs.get(file),
    outputDirs: () => [...new Set([...specs.values()].map((spec) => spec.outputDir))],
    onDidChange: changed.event,
    ready,
    dispose: () => held.dispose(),
  };
}
