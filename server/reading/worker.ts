/** The thread that reads: whatever a disk or a network folder makes wait, waits here. Checkpoints and records are read again only when their files have changed. */
import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { parentPort } from 'node:worker_threads';
import { datasetFacts } from '../../runner/data/facts';
import { MedpeftError } from '../../runner/errors';
import { inspectCheckpoint } from '../../runner/models';
import { checkSpec, loadSpec } from '../../runner/spec';
import type { CheckpointFacts, JobKind, Jobs, Posted, Stamped } from './jobs';

const answers: { [K in JobKind]: (ask: Jobs[K]['ask']) => Promise<Jobs[K]['answer']> } = {
  check: async ({ file, text }) => checkSpec(loadSpec(file, { text })),
  checkpoint: ({ of, holds }) =>
    factsOf(`checkpoint ${JSON.stringify(of)}`, [of.folder], holds, () => checkpointOf(of)),
  dataset: ({ of, holds }) =>
    factsOf(`dataset ${JSON.stringify(of)}`, [of.path, of.image_folder ?? of.path], holds, () => datasetFacts(of)),
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

function checkpointOf({ folder, family }: Jobs['checkpoint']['ask']['of']): CheckpointFacts {
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
const kept = new Map<string, Stamped<unknown>>();

async function factsOf<T>(
  key: string,
  folders: readonly string[],
  holds: string | undefined,
  read: () => T | Promise<T>,
): Promise<Stamped<T>> {
  const stamp = createHash('sha256').update(folders.map(stampOf).join('\n')).digest('base64');
  if (stamp === holds) return { stamp };
  const known = kept.get(key) as Stamped<T> | undefined;
  if (known?.stamp === stamp) return known;
  const answer = { stamp, facts: await told(read) };
  kept.delete(key);
  kept.set(key, answer);
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
