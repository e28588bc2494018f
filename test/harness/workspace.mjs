// A fresh copy of test/fixtures/workspace for each run: tests edit files and write run folders.
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const fixtures = path.resolve(import.meta.dirname, '../fixtures/workspace');

export async function makeWorkspace() {
  const folder = mkdtempSync(path.join(tmpdir(), 'ws-'));
  cpSync(fixtures, folder, { recursive: true });
  return {
    folder,
    file: (...parts) => path.join(folder, ...parts),
    dispose: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }),
  };
}
