/** What is known of the checkpoints that specs name. Headers only; read once and again when their files change. */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { MedpeftError } from '../runner/errors';
import { type Checkpoint, inspectCheckpoint } from '../runner/models';

export interface Facts {
  /** The checkpoint in a folder, or why it cannot be read. */
  checkpoint(folder: string, family: string): Promise<Checkpoint | MedpeftError>;
}

interface Entry {
  stamp: string;
  checkpoint: Checkpoint | MedpeftError;
}

/** More folders than any spec names at once. */
const most = 16;

export function createFacts(): Facts {
  const cache = new Map<string, Entry>();
  return {
    async checkpoint(folder, family) {
      const key = `${family}\0${folder}`;
      const stamp = await stampOf(folder);
      const known = cache.get(key);
      if (known?.stamp === stamp) return known.checkpoint;
      const checkpoint = read(folder, family);
      cache.delete(key);
      cache.set(key, { stamp, checkpoint });
      const oldest = cache.keys().next();
      if (cache.size > most && !oldest.done) cache.delete(oldest.value);
      return checkpoint;
    },
  };
}

function read(folder: string, family: string): Checkpoint | MedpeftError {
  try {
    return inspectCheckpoint(folder, family);
  } catch (error) {
    if (error instanceof MedpeftError) return error;
    throw error;
  }
}

/** Changes whenever a file that the headers are read from changes. */
async function stampOf(folder: string): Promise<string> {
  const names = await readdir(folder).catch(() => []);
  const files = names.filter((name) => /\.(json|safetensors|bin|pt|pth|ckpt)$/.test(name)).sort();
  const stamps = await Promise.all(
    files.map(async (name) => {
      const found = await stat(path.join(folder, name)).catch(() => undefined);
      return `${name} ${found?.size} ${found?.mtimeMs}`;
    }),
  );
  return stamps.join('\n');
}
