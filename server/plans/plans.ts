/**
 * Plans of open specs, made in a thread of their own: asked for by what shows them, kept until the spec or a file that it depends on changes, ended
 * when a newer text makes them useless.
 */
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Documents, SpecDocument } from '../documents';
import { background, type Log } from '../safe';
import type { PlanJob, SpecFacts } from './plan-facts';

export interface Plans {
  /** What is known of this very text; undefined while it is being found out, or where it has errors. Starts finding out. */
  of(document: SpecDocument): SpecFacts | undefined;
  /** The same, once it is known. */
  complete(document: SpecDocument): Promise<SpecFacts | undefined>;
  /** Whether a plan of this very text is being made. */
  isMaking(document: SpecDocument): boolean;
  /** Plans a spec again that was planned: a file that it depends on has changed. */
  refresh(uri: string): void;
  /** Whether a plan is being made. */
  busy(): boolean;
  /** Milliseconds that the last plan took, without the wait before it. */
  lastTook(): number | undefined;
  /** Called when a plan was begun or has come. */
  onChange(listener: () => void): void;
}

export interface PlanParts {
  documents: Documents;
  log: Log;
  /** Absolute folders of the workspace. */
  folders(): readonly string[];
}

interface Started {
  /** Undefined where the spec turned out to have errors or to have changed. */
  answer: Promise<SpecFacts | undefined>;
  stop(): void;
}

/** From the last change to the start of the thread, in milliseconds: longer than between two keys. */
const pause = 300;

interface Entry {
  key: string;
  facts?: SpecFacts;
  started?: Started;
  /** The text that was not planned, for its errors: another one with the same key may have none. */
  refused?: SpecDocument;
  /** A file changed while the plan was being made. */
  again: boolean;
  answer: Promise<SpecFacts | undefined>;
}

export function createPlans({ documents, log, folders }: PlanParts): Plans {
  const entries = new Map<string, Entry>();
  const listeners: (() => void)[] = [];
  let took: number | undefined;
  const tell = () => {
    for (const listener of listeners) void background(log, 'showing a plan', listener);
  };

  const forget = (uri: string) => {
    entries.get(uri)?.started?.stop();
    entries.delete(uri);
  };

  /** Begins a plan; what is known of the same text stays until it is there. */
  const begin = (document: SpecDocument, key: string, facts?: SpecFacts): Entry => {
    const { uri, file, text } = document;
    const begun = performance.now();
    const isWanted = () => {
      const now = documents.get(uri);
      return now !== undefined && keyOf(now) === key && !hasErrors(now);
    };
    const started = inThread({ file, text: text.getText(), folders: folders() }, isWanted);
    const entry: Entry = { key, facts, started, again: false, answer: Promise.resolve(undefined) };
    const isCurrent = () => entries.get(uri) === entry;
    const finish = async () => {
      try {
        entry.facts = await started.answer;
        if (entry.facts) took = Math.round(Math.max(0, performance.now() - begun - pause));
        else entry.refused = document;
      } catch (error) {
        // one that was ended is no news
        if (isCurrent()) log.error(`planning ${file} failed: ${String(error)}`);
      }
      entry.started = undefined;
      if (entry.again && isCurrent()) refresh(uri);
      tell();
      return entry.facts;
    };
    entry.answer = finish();
    entries.set(uri, entry);
    tell();
    return entry;
  };

  const entryOf = (document: SpecDocument): Entry | undefined => {
    const key = keyOf(document);
    const known = entries.get(document.uri);
    if (known && known.key === key && (known.refused ?? document) === document) return known;
    forget(document.uri);
    return key === undefined ? undefined : begin(document, key);
  };

  const refresh = (uri: string) => {
    const document = documents.get(uri);
    const known = entries.get(uri);
    if (!document || !known) return;
    if (known.started) known.again = true;
    else if (known.key === keyOf(document)) begin(document, known.key, known.facts);
    else forget(uri);
  };

  documents.onClose(forget);
  return {
    of: (document) => entryOf(document)?.facts,
    complete: async (document) => entryOf(document)?.answer,
    isMaking: (document) => entryOf(document)?.started !== undefined,
    refresh,
    lastTook: () => took,
    busy: () => [...entries.values()].some(({ started }) => started !== undefined),
    onChange: (listener) => {
      listeners.push(listener);
    },
  };
}

/** Texts with the same key have the same plan: comments and white space do not count. Whether it has errors is found out only when it is to be planned. */
function keyOf({ onDisk, value, spec: { isBroken } }: SpecDocument): string | undefined {
  return onDisk && !isBroken ? JSON.stringify(value) : undefined;
}

const hasErrors = ({ spec: { diagnostics } }: SpecDocument) => diagnostics.some(({ severity }) => severity === 'error');

/** @param isWanted asked after the pause: nobody waits for a check of the spec, and a text that has changed meanwhile is not planned */
function inThread(workerData: PlanJob, isWanted: () => boolean): Started {
  let worker: Worker | undefined;
  let timer: NodeJS.Timeout | undefined;
  const answer = new Promise<SpecFacts | undefined>((resolve, reject) => {
    timer = setTimeout(() => {
      if (!isWanted()) return resolve(undefined);
      worker = new Worker(path.join(import.meta.dirname, 'server.js'), { workerData });
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', (code) => reject(new Error(`the thread ended with code ${code}`)));
    }, pause);
  });
  return {
    answer,
    stop() {
      clearTimeout(timer);
      void worker?.terminate();
    },
  };
}
