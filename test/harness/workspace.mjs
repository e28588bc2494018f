// A fresh copy of a folder for each run: tests edit files and write run folders.
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');

/** @param source folder of this project; what runs left in it stays behind */
export async function makeWorkspace(source = 'test/fixtures/workspace') {
  const folder = mkdtempSync(path.join(tmpdir(), 'ws-'));
  const from = path.join(root, source);
  cpSync(from, folder, { recursive: true, filter: (file) => !['runs', 'work'].includes(path.relative(from, file)) });
  return {
    folder,
    file: (...parts) => path.join(folder, ...parts),
    dispose: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }),
  };
}
