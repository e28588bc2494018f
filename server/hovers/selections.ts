/** What a name selects, component by component: a group or adapter everywhere, a method as it says, a grid cell by cell. */
import type { Family } from '../../runner/models';
import type { Component } from '../../runner/models/types';
import { expandComponents } from '../../runner/plan';
import { expandMethod } from '../../runner/spec/combine';
import type { Spec } from '../../schemas/generated/spec';
import type { HoverRequest } from './request';

export type Components = Partial<Record<Component, string[]>>;

/** Cells of a grid that are shown: a hover is no report. */
const most = 8;

export function selectionsOf(
  { section, name }: HoverRequest,
  { methods = {} }: Spec,
  family: Family,
): { title?: string; components: Components }[] {
  if (section !== 'methods') return [{ components: everywhere(name, family) }];
  const cells = Object.hasOwn(methods, name) ? expandMethod(name, methods[name]!) : [];
  return cells.slice(0, most).map((cell) => ({
    title: cell.name === name ? undefined : cell.name,
    components: expandComponents(cell.components, family),
  }));
}

const everywhere = (name: string, { components }: Family): Components =>
  Object.fromEntries(components.map((component) => [component, [name]]));
