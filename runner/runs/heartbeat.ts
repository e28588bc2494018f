/** A sign of life beside the events, rewritten by a thread of its own, since the engine may keep the main one busy for minutes. */
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { writeAtomic } from './atomic';
import { runFiles } from './layout';
import { type ProcessIdentity, thisProcess } from './process';

const intervalMs = 2_000;

/** Source of the thread: text, so that it needs no file beside the bundle. A beat that fails is missed; readers see its age. */
const threadCode = `
const { writeFileSync, renameSync } = require('node:fs');
const { parentPort, workerData } = require('node:worker_threads');
const { file, who, intervalMs } = workerData;
let doing;
parentPort.on('message', (text) => (doing = text));
setInterval(() => {
  try {
    writeFileSync(file + '.tmp', JSON.stringify({ ...who, time: new Date().toISOString(), doing }) + '\\n');
    renameSync(file + '.tmp', file);
  } catch {}
}, intervalMs);
`;

export interface Heartbeat {
  /** What is said of a step that takes long, from the next beat on; nothing if undefined. */
  tell(doing: string | undefined): void;
  stop(): Promise<void>;
}

/** Starts the beat of this process; the first one is written before this returns. */
export function startHeartbeat(folder: string): Heartbeat {
  const file = path.join(folder, runFiles.heartbeat);
  const who = thisProcess();
  writeAtomic(file, `${JSON.stringify({ ...who, time: new Date().toISOString() })}\n`);
  const thread = new Worker(threadCode, { eval: true, workerData: { file, who, intervalMs } });
  thread.unref();
  return {
    tell: (doing) => thread.postMessage(doing),
    stop: async () => {
      await thread.terminate();
    },
  };
}

/** Whose heartbeat a folder holds, its age on the reader's clock, and how far a long step is; undefined where there is none. */
export function readHeartbeat(folder: string): { who: ProcessIdentity; ageMs: number; doing?: string } | undefined {
  const file = path.join(folder, runFiles.heartbeat);
  try {
    // read first: opening a file makes network disks refresh its times
    const { doing, ...who } = JSON.parse(readFileSync(file, 'utf8')) as ProcessIdentity & { doing?: string };
    if (typeof who.pid !== 'number' || typeof who.host !== 'string') return undefined;
    return { who, ageMs: Date.now() - statSync(file).mtimeMs, ...(doing === undefined ? {} : { doing }) };
  } catch {
    return undefined;
  }
}

/** Age of the heartbeat of that very process. */
export function ageOf(folder: string, who: ProcessIdentity): number | undefined {
  const beat = readHeartbeat(folder);
  return beat && beat.who.pid === who.pid && beat.who.host === who.host ? beat.ageMs : undefined;
}
