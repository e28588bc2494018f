/** Names that follow from others: a method that is a grid (`combine`) stands for methods whose names are made of its own and of what it combines. */
import { getNodeValue, type Node } from 'jsonc-parser';
import { type ExpandedMethod, expandMethods } from '../../runner/spec';
import { deepMerge } from '../../runner/spec/extends';
import type { Spec } from '../../schemas/generated/spec';
import { field } from '../known-names';

/** The cells of all grids of a spec, in the order in which they are written. @param trees the spec's own, then those of its bases, nearest first */
export function cellsOf(trees: readonly (Node | undefined)[]): ExpandedMethod[] {
  const values: unknown[] = trees.map((tree) => tree && field(getNodeValue(tree), 'methods'));
  const methods = values.reduceRight<unknown>((merged, own) => deepMerge(merged, own), undefined);
  if (typeof methods !== 'object' || methods === null) return [];
  const grids = Object.entries(methods).filter(([, settings]) => isGrid(field(settings, 'combine')));
  return expandMethods(Object.fromEntries(grids) as NonNullable<Spec['methods']>);
}

/** Old name -> new name of the cells whose names change, given the trees of the same spec before and after. */
export function changedCells(
  before: readonly (Node | undefined)[],
  after: readonly (Node | undefined)[],
): Map<string, string> {
  const renamed = cellsOf(after);
  return new Map(
    cellsOf(before).flatMap(({ name }, i) => {
      const now = renamed[i]?.name;
      return now === undefined || now === name ? [] : [[name, now] as const];
    }),
  );
}

function isGrid(combine: unknown): boolean {
  if (typeof combine !== 'object' || combine === null || Array.isArray(combine)) return false;
  const alternatives: unknown[] = Object.values(combine);
  return alternatives.length > 0 && alternatives.every(Array.isArray);
}
