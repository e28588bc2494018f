/** The file paths of a spec. */
import path from 'node:path';
import type { Node } from 'jsonc-parser';
import type { SpecDocument } from './documents';
import { visitLiterals } from './literals';
import { type Place, placeAt } from './places';

export type PathPlace = Extract<Place, { is: 'path' }>;

/** Every string of the tree that is a path. */
export function pathsIn(tree: Node | undefined): { node: Node; place: PathPlace }[] {
  const found: { node: Node; place: PathPlace }[] = [];
  visitLiterals(tree, ({ node, path: keys, isKey }) => {
    const place = isKey || node.type !== 'string' ? undefined : placeAt(keys, 'value');
    if (place?.is === 'path') found.push({ node, place });
  });
  return found;
}

/** A path of the spec as an absolute one. */
export function resolveFrom(document: SpecDocument, relative: string): string {
  return path.resolve(path.dirname(document.file), relative);
}
