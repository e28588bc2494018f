import { expect, it } from 'vitest';
import { createSpecIndex } from '../../../client/specs';
import { standIn } from './standIn';

it('knows the specs of the workspace, and forgets those that went away alone or with their folder', async () => {
  const { EventEmitter, Uri } = standIn();
  const [created, deleted, nothing] = [new EventEmitter<object>(), new EventEmitter<object>(), new EventEmitter()];
  const files = ['/w/a.medpeft.json', '/w/p/b.medpeft.json', '/w/p/c.medpeft.json', '/w/pq/d.medpeft.json'];
  const vscode = standIn({
    workspace: {
      createFileSystemWatcher: () => ({
        onDidCreate: created.event,
        onDidChange: nothing.event,
        onDidDelete: deleted.event,
        dispose: () => {},
      }),
      onDidOpenTextDocument: nothing.event,
      onDidSaveTextDocument: nothing.event,
      findFiles: async () => files.map((file) => Uri.file(file)),
    },
  });
  const specs = createSpecIndex(vscode, () => ({ name: 'x', outputDir: '/w/runs' }));
  const told: (readonly string[])[] = [];
  specs.onDidChange((touched) => told.push(touched));
  await specs.ready;
  const known = () => specs.list().map(({ file }) => file);
  expect(known()).toEqual(files);
  deleted.fire(Uri.file('/w/p'));
  deleted.fire(Uri.file('/w/a.medpeft.json'));
  deleted.fire(Uri.file('/w/a.txt'));
  created.fire(Uri.file('/w/e.medpeft.json'));
  expect(known()).toEqual(['/w/e.medpeft.json', '/w/pq/d.medpeft.json']);
  expect(told.slice(1)).toEqual([[files[1], files[2]], [files[0]], ['/w/e.medpeft.json']]);
});
