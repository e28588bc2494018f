/** `combine`: one method written as a grid, and the methods that it stands for. */
import type { Method, Spec } from '../../schemas/generated/spec';

/** Component -> names, as written in `components` and `overrides`: with `*` and `text`. */
export type ComponentNames = Record<string, string[]>;

export interface ExpandedMethod {
  /** Its own name; for a cell of a grid, the grid's name and the cell's alternatives: `grid-frozen-norms`. */
  name: string;
  /** Key in `methods`. */
  from: string;
  components: ComponentNames;
}

/** Methods by name, grids expanded in the order in which they are written (the last component varies fastest). */
export function expandMethods(methods: NonNullable<Spec['methods']>): ExpandedMethod[] {
  return Object.entries(methods).flatMap(([from, method]) => expandMethod(from, method));
}

export function expandMethod(from: string, { components, combine }: Method): ExpandedMethod[] {
  const fixed = listNames(components);
  if (combine === undefined) return [{ name: from, from, components: fixed }];
  let cells: { words: string[]; components: ComponentNames }[] = [{ words: [], components: fixed }];
  for (const [component, alternatives] of Object.entries(combine))
    cells = cells.flatMap((cell) =>
      alternatives.map((alternative) => {
        const names = [alternative].flat();
        return { words: [...cell.words, names.join('+')], components: { ...cell.components, [component]: names } };
      }),
    );
  return cells.map((cell) => ({ name: [from, ...cell.words].join('-'), from, components: cell.components }));
}

/** Every value as a list. */
export function listNames(components: Method['components']): ComponentNames {
  return Object.fromEntries(Object.entries(components ?? {}).map(([component, names]) => [component, [names].flat()]));
}
