/** Plans again when a file changes that a spec depends on, or a run of it ends; while runs write, no more often than people look. */
import path from 'node:path';
import { outputDirOf } from '../../runner/spec';
import { dependsOn } from '../checks/dependencies';
import type { Documents } from '../documents';
import type { Watched } from '../watched';
import type { Plans } from './plans';

/** Between two looks at runs that write events, in milliseconds. */
const pause = 3000;

/** Files of a run folder whose change may be news: it has begun or ended, or says something. */
const news = ['manifest.json', 'result.json', 'events.jsonl'];

export function followFiles({
  documents,
  watched,
  plans,
}: {
  documents: Documents;
  watched: Watched;
  plans: Plans;
}): void {
  let timer: NodeJS.Timeout | undefined;
  const waiting = new Set<string>();
  const later = (uri: string) => {
    waiting.add(uri);
    timer ??= setTimeout(() => {
      timer = undefined;
      for (const one of waiting) plans.refresh(one);
      waiting.clear();
    }, pause);
    timer.unref();
  };
  watched.onChange((files) => {
    for (const document of documents.all()) {
      const runs = outputDirOf(document.file, document.spec.spec);
      const ofRuns = files.filter((file) => file.startsWith(runs + path.sep));
      const others = files.filter((file) => !ofRuns.includes(file) && file !== document.file);
      const told = ofRuns.map((file) => path.basename(file)).filter((name) => news.includes(name));
      if (dependsOn(document, others) || told.some((name) => name !== 'events.jsonl')) plans.refresh(document.uri);
      else if (told.length > 0) later(document.uri);
    }
  });
}
