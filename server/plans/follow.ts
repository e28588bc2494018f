/** Plans again when a file changes that a spec depends on, or a run of it begins or ends; what a run writes between changes nothing that is shown. */
import { open } from 'node:fs/promises';
import path from 'node:path';
import { outputDirOf } from '../../runner/spec';
import { dependsOn } from '../checks/dependencies';
import type { Documents, SpecDocument } from '../documents';
import { background, type Log } from '../safe';
import type { Watched } from '../watched';
import type { Plans } from './plans';

/** Files of a run folder whose change is news: it has begun, or has a result. */
const news = ['manifest.json', 'result.json'];
const events = 'events.jsonl';

export interface FollowParts {
  documents: Pick<Documents, 'all'>;
  watched: Pick<Watched, 'onChange'>;
  plans: Pick<Plans, 'refresh'>;
  log: Log;
}

export function followFiles({ documents, watched, plans, log }: FollowParts): void {
  const isRunOf = ({ file, spec }: SpecDocument, one: string) =>
    one.startsWith(outputDirOf(file, spec.spec) + path.sep);
  /** The documents that write into the folder of this run. */
  const ofFolder = (file: string) => documents.all().filter((document) => isRunOf(document, file));

  /** Events file -> whether its run had ended when it was last looked at. */
  const ended = new Map<string, boolean>();
  /** Events files that are being looked at, and whether they have changed meanwhile. */
  const looking = new Map<string, boolean>();
  const look = async (file: string): Promise<void> => {
    if (looking.has(file)) return void looking.set(file, true);
    try {
      do {
        looking.set(file, false);
        const now = await hasEnded(file);
        if (now === ended.get(file)) continue;
        ended.set(file, now);
        for (const { uri } of ofFolder(file)) plans.refresh(uri);
      } while (looking.get(file));
    } finally {
      looking.delete(file);
    }
  };

  watched.onChange((files) => {
    for (const document of documents.all()) {
      const ofRuns = files.filter((file) => isRunOf(document, file));
      const others = files.filter((file) => !ofRuns.includes(file) && file !== document.file);
      if (dependsOn(document, others) || ofRuns.some((file) => news.includes(path.basename(file))))
        plans.refresh(document.uri);
    }
    for (const file of files)
      if (path.basename(file) === events && ofFolder(file).length > 0)
        void background(log, 'looking at a run', () => look(file));
  });
}

/** Of a file that grows by many lines a second only the end is read; what failed tells in how many words it likes, up to some thousand characters. */
const tailBytes = 64 * 1024;

/** Whether the last event says that the run has ended; false where there is none. */
async function hasEnded(file: string): Promise<boolean> {
  const handle = await open(file).catch(() => undefined); // deleted meanwhile
  if (!handle) return false;
  try {
    const { size } = await handle.stat();
    const length = Math.min(size, tailBytes);
    const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    const last = buffer.toString('utf8').trimEnd().split('\n').at(-1) ?? '';
    return /"type":"run_(finished|failed|cancelled)"/.test(last);
  } finally {
    await handle.close();
  }
}
