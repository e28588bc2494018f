/** Which files a spec depends on: itself, the specs it extends, its models and its data. */
import path from 'node:path';
import type { SpecDocument } from '../documents';
import { field, knownNames } from '../known-names';
import { resolveFrom } from '../paths';

/** Whether any of the changed files is one that the spec depends on, or lies in a folder that it depends on. */
export function dependsOn(document: SpecDocument, changed: readonly string[]): boolean {
  const roots = [document.file, ...document.spec.bases, ...namedFolders(document)];
  return changed.some((file) => roots.some((root) => file === root || file.startsWith(root + path.sep)));
}

function namedFolders(document: SpecDocument): string[] {
  return (['models', 'datasets'] as const)
    .flatMap((section) => knownNames(document, section))
    .flatMap(({ settings }) => {
      const named = field(settings, 'path');
      return typeof named === 'string' && named !== '' ? [resolveFrom(document, named)] : [];
    });
}
