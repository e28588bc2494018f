/** What names a spec has and whether anything is written at a place: also where its structure is wrong. */
import type { Spec } from '../../schemas/generated/spec';
import { expandMethod } from './combine';
import { type Section, sections } from './rules/rule';
import type { Path } from './types';
import { valueAt } from './values';

/** Names by section; methods with the cells of their grids. */
export function namesOf(value: unknown, spec: Spec): Record<Section, string[]> {
  const names = Object.fromEntries(sections.map((section) => [section, keysAt(value, [section])])) as Record<
    Section,
    string[]
  >;
  const grids = Object.entries(spec.methods ?? {}).filter(([, { combine }]) => combine !== undefined);
  const cells = grids.flatMap(([from, grid]) => expandMethod(from, grid)).map(({ name }) => name);
  names.methods = [...new Set([...names.methods, ...cells])];
  return names;
}

function keysAt(value: unknown, path: Path): string[] {
  const found = valueAt(value, path);
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? Object.keys(found) : [];
}
