/** A spec without its wrong places, so that the rest of it can be checked in the same pass. */
import type { Spec } from '../../schemas/generated/spec';
import type { Finding } from './report';
import { checkStructure } from './structure';
import type { Path } from './types';

type Container = Record<string | number, unknown>;

export interface Pruned {
  /** A valid spec with as much of the value as is valid. */
  spec: Spec;
  /** The place that something in `spec` had in the value: entries of lists may have moved up. */
  original(path: Path): Path;
}

/** @returns undefined where nothing can be kept; the value itself where nothing is wrong */
export function pruneInvalid(value: unknown, findings: readonly Finding[]): Pruned | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const root: unknown = findings.length === 0 ? value : structuredClone(value);
  const indices: Indices = new Map();
  let wrong = findings;
  // Taking away a wrong value can leave its owner without a key that it needs: then the owner goes too.
  for (let round = 0; wrong.length > 0; round++) {
    if (round > 12) return undefined;
    const deepestFirst = wrong.map(({ path }) => path).sort((a, b) => b.length - a.length || compare(b, a));
    for (const path of deepestFirst) remove(root, path, indices);
    (root as Container).version = 1;
    wrong = checkStructure(root);
  }
  return {
    spec: root as Spec,
    original: (path) => path.map((key, i) => indices.get(at(root, path.slice(0, i)))?.[Number(key)] ?? key),
  };
}

/** List -> place in the value of each entry that is left. */
type Indices = Map<unknown, number[]>;

function at(root: unknown, path: Path): unknown {
  return path.reduce<unknown>((owner, key) => (owner as Container | undefined)?.[key], root);
}

/** Later entries of a list go first, so that the places of the others stay right. */
function compare(a: Path, b: Path): number {
  const i = a.findIndex((key, index) => key !== b[index]);
  if (i < 0) return 0;
  const [x, y] = [a[i]!, b[i]!];
  return typeof x === 'number' && typeof y === 'number' ? x - y : String(x) < String(y) ? -1 : 1;
}

function remove(root: unknown, path: Path, indices: Indices): void {
  const owner = at(root, path.slice(0, -1));
  const key = path.at(-1);
  if (typeof owner !== 'object' || owner === null || key === undefined) return;
  if (!Array.isArray(owner)) {
    delete (owner as Container)[key];
    return;
  }
  const places = indices.get(owner) ?? owner.map((_, i) => i);
  indices.set(owner, places);
  owner.splice(Number(key), 1);
  places.splice(Number(key), 1);
}
