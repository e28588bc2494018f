/** The file paths of a spec. */
import path from 'node:path';
import { getNodePath, type Node } from 'jsonc-parser';
import type { SpecDocument } from './documents';
import { isKey } from './names';
import { type Place, placeAt } from './places';

export type PathPlace = Extract<Place, { is: 'path' }>;

/** Every string of the tree that is a path. */
export function pathsIn(node: Node | undefined): { node: Node; place: PathPlace }[] {
  if (!node) return [];
  if (node.type === 'string' && !isKey(node)) {
    const place = placeAt(getNodePath(node), 'value');
    return place?.is === 'path' ? [{ node, place }] : [];
  }
  return (node.children ?? []).flatMap(pathsIn);
}

/** A path of the spec as an absolute one. */
export function resolveFrom(document: SpecDocument, relative: string): string {
  return path.resolve(path.dirname(document.file), relative);
}
