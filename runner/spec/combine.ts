/** `combine`: one method written as a grid, and the methods that it stands for. */
import type { Method, Spec } from '../../schemas/generated/spec';
import type { Path } from './types';

/** Component -> names, as written in `components` and `overrides`: with `*` and `text`. */
export type ComponentNames = Record<string, string[]>;

export interface ExpandedMethod {
  /** Its own name; for a cell of a grid, the grid's name and the cell's alternatives: `grid-frozen-norms`. */
  name: string;
  /** Key in `methods`. */
  from: string;
  components: ComponentNames;
  /** Component -> place of its names in the spec. */
  places: Record<string, Path>;
}

/** Methods by name, grids expanded in the order in which they are written (the last component varies fastest). */
export function expandMethods(methods: NonNullable<Spec['methods']>): ExpandedMethod[] {
  return Object.entries(methods).flatMap(([from, method]) => expandMethod(from, method));
}

export function expandMethod(from: string, { components = {}, combine }: Method): ExpandedMethod[] {
  let cells: (Omit<ExpandedMethod, 'name' | 'from'> & { words: string[] })[] = [
    { words: [], components: listNames(components), places: placesOf(components, ['methods', from, 'components']) },
  ];
  for (const [component, alternatives] of Object.entries(combine ?? {}))
    cells = cells.flatMap((cell) =>
      alternatives.map((alternative, i) => {
        const names = [alternative].flat();
        return {
          words: [...cell.words, names.join('+')],
          components: { ...cell.components, [component]: names },
          places: { ...cell.places, [component]: ['methods', from, 'combine', component, i] },
        };
      }),
    );
  return cells.map(({ words, ...cell }) => ({ name: [from, ...words].join('-'), from, ...cell }));
}

/** Every value as a list. */
export function listNames(components: Method['components']): ComponentNames {
  return Object.fromEntries(Object.entries(components ?? {}).map(([component, names]) => [component, [names].flat()]));
}

/** Place of each component's names. */
export function placesOf(components: Method['components'], at: Path): Record<string, Path> {
  return Object.fromEntries(Object.keys(components ?? {}).map((component) => [component, [...at, component]]));
}
