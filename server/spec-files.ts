/** The specs of a workspace. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';

/**
 * Absolute paths, those that cannot be reached left out.
 * @param folders of the workspace; where there are none, specs are looked for beside those that are open
 */
export async function specFiles(folders: readonly string[], open: readonly string[]): Promise<string[]> {
  const beside = [...new Set(open.map((file) => path.dirname(file)))];
  const [roots, depth] = folders.length > 0 ? [folders, deepest] : [beside, 0];
  return (await Promise.all(roots.map((root) => below(root, depth)))).flat();
}

/** Folders below the workspace's own in which specs are looked for. */
const deepest = 8;

async function below(folder: string, depth: number): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.medpeft.json'));
  const inside = entries.filter(
    (entry) => depth > 0 && entry.isDirectory() && entry.name !== 'node_modules' && !entry.name.startsWith('.'),
  );
  const deeper = await Promise.all(inside.map((entry) => below(path.join(folder, entry.name), depth - 1)));
  return [...files.map((entry) => path.join(folder, entry.name)), ...deeper.flat()];
}
