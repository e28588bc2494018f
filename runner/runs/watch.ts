/** Says when something changes in the runs of an output folder. */
import { existsSync, statfsSync, statSync } from 'node:fs';
import path from 'node:path';
import { type FSWatcher, watch } from 'chokidar';
import { runFiles } from './layout';
import { isRunAlive, runFolders } from './read';

/** statfs(2) numbers of file systems that do not report what other machines write: NFS, SMB, CIFS, 9P, FUSE (sshfs), Lustre, GPFS, BeeGFS, AFS. */
const networkDisks = new Set([
  0x6969, 0x517b, 0xfe534d42, 0xff534d42, 0x01021997, 0x65735546, 0x0bd00bd0, 0x47504653, 0x19830326, 0x5346414f,
]);

function needsPolling(dir: string): boolean {
  if (dir.startsWith('\\\\')) return true;
  try {
    return networkDisks.has(statfsSync(dir).type >>> 0);
  } catch {
    return false;
  }
}

/**
 * Calls `onChange` with the run folders in which something changed, also when a process died without a word.
 * The output folder need not exist yet.
 * @returns ends the watch
 */
export function watchRuns(dir: string, onChange: (folders: string[]) => void): () => Promise<void> {
  const root = path.resolve(dir);
  const gatherMs = 60;
  const lookMs = 2_000;
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const note = (folder: string) => {
    changed.add(folder);
    timer ??= setTimeout(() => {
      timer = undefined;
      const folders = [...changed];
      changed.clear();
      onChange(folders);
    }, gatherMs);
  };

  // What chokidar cannot tell: changes before it was ready, and a process that died without a word.
  const seen = new Map<string, string>();
  const look = (told: boolean) => {
    for (const folder of runFolders(root)) {
      const events = statSync(path.join(folder, runFiles.events), { throwIfNoEntry: false });
      const now = `${events?.size} ${isRunAlive(folder)}`;
      if (told && seen.get(folder) !== now) note(folder);
      seen.set(folder, now);
    }
  };

  let watcher: FSWatcher | undefined;
  const begin = () => {
    // chokidar does not notice that a missing folder is made
    if (watcher || !existsSync(root)) return;
    watcher = watch(root, {
      depth: 2,
      ignoreInitial: true,
      usePolling: needsPolling(root),
      interval: 1_000,
      ignored: (file) => {
        const name = path.basename(file);
        return name.startsWith(runFiles.heartbeat) || name.startsWith(runFiles.lockPrefix) || name.endsWith('.tmp');
      },
    });
    watcher.on('all', (_kind, file) => {
      const [run] = path.relative(root, file).split(path.sep);
      if (run && run !== '..') note(path.join(root, run));
    });
    watcher.once('ready', () => look(true));
  };

  look(false);
  begin();
  const looking = setInterval(() => {
    begin();
    look(true);
  }, lookMs);
  looking.unref();

  return async () => {
    clearInterval(looking);
    clearTimeout(timer);
    await watcher?.close();
  };
}
