/** The thread that reads: whatever a disk or a network folder makes wait, waits here. Checkpoints and records are read again only when their files have changed. */
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { parentPort } from 'node:worker_threads';
import { datasetFacts } from '../../runner/data/facts';
import { MedpeftError } from '../../runner/errors';
import { inspectCheckpoint } from '../../runner/models';
import { checkSpec, loadSpec } from '../../runner/spec';
import type { CheckpointFacts, JobKind, Jobs, Posted } from './jobs';

const answers: { [K in JobKind]: (ask: Jobs[K]['ask']) => Promise<Jobs[K]['answer']> } = {
  check: async ({ file, text }) => checkSpec(loadSpec(file, { text })),
  checkpoint: (ask) =>
    unchanged(`checkpoint ${JSON.stringify(ask)}`, [ask.folder], () => told(() => checkpointOf(ask))),
  dataset: (ask) =>
    unchanged(`dataset ${JSON.stringify(ask)}`, [ask.path, ask.image_folder ?? ask.path], () =>
      told(() => datasetFacts(ask)),
    ),
};

export function answerJobs(): void {
  parentPort?.on('message', async ({ id, kind, ask }: Posted) => {
    try {
      parentPort?.postMessage({ id, answer: await answers[kind](ask as never) });
    } catch (error) {
      parentPort?.postMessage({ id, failed: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  });
}

function checkpointOf({ folder, family }: Jobs['checkpoint']['ask']): CheckpointFacts {
  const { config, parameters, headerOf } = inspectCheckpoint(folder, family);
  const dtypes = parameters.flatMap(({ name }) => headerOf.get(name)?.tensors.get(name)?.dtype ?? []);
  return { config, parameters, dtypes: [...new Set(dtypes)].sort() };
}

async function told<T>(read: () => T | Promise<T>): Promise<T | { problem: string }> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof MedpeftError) return { problem: error.message };
    throw error;
  }
}

/** More folders than any spec names at once. */
const most = 32;
const kept = new Map<string, { stamp: string; answer: unknown }>();

async function unchanged<T>(key: string, folders: readonly string[], read: () => Promise<T>): Promise<T> {
  const stamp = folders.map(stampOf).join('\n');
  const known = kept.get(key);
  if (known?.stamp === stamp) return known.answer as T;
  const answer = await read();
  kept.delete(key);
  kept.set(key, { stamp, answer });
  const oldest = kept.keys().next();
  if (kept.size > most && !oldest.done) kept.delete(oldest.value);
  return answer;
}

/** Changes whenever a file of the folder, or the file itself, changes in size or time. */
function stampOf(place: string): string {
  const one = (name: string) => {
    const found = statSync(path.join(place, name), { throwIfNoEntry: false });
    return `${name} ${found?.size} ${found?.mtimeMs}`;
  };
  try {
    return ['', ...readdirSync(place).sort()].map(one).join('\n');
  } catch {
    return one('');
  }
}
