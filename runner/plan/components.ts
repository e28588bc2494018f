/** Component by component, what a method tunes in a model: `*` and `text` expanded, overrides laid over. */
import type { Override, Spec } from '../../schemas/generated/spec';
import type { Family } from '../models/family';
import type { Component } from '../models/types';
import { type ComponentNames, type ExpandedMethod, listNames, placesOf } from '../spec/combine';
import type { Path } from '../spec/types';
import type { ResolvedMethod } from './types';

/** A name at work in one component. */
export interface Tuned {
  component: Component;
  /** How the spec names the component: itself, `text` or `*`. */
  key: string;
  name: string;
  /** Where the spec says so. */
  path: Path;
}

/** Components that a key of `components` means in a family. A component that the family lacks stands for itself: nothing matches it. */
export function componentsOf(key: string, family: Family): readonly Component[] {
  if (key === '*') return family.components;
  return key === 'text' ? family.textComponents : [key as Component];
}

/**
 * Component -> names. The more special key counts: a component's own name, then `text`, then `*`. Frozen components are left out.
 * @param names as in the spec: component, `text` or `*` -> names
 */
export function expandComponents(names: ComponentNames, family: Family): ResolvedMethod['components'] {
  const places = Object.fromEntries(Object.keys(names).map((key) => [key, [key]]));
  return toComponents(tunedIn([{ names, places }], family));
}

/** What a method tunes in a model of the family, with the overrides that apply to it; later overrides win. */
export function tunedBy(
  method: ExpandedMethod,
  overrides: readonly { override: Override; index: number }[],
  family: Family,
  spec: Spec,
): Tuned[] {
  const layers = overrides.map(({ override, index }) => ({
    names: listNames(override.components),
    places: placesOf(override.components, ['overrides', index, 'components']),
  }));
  return tunedIn([{ names: method.components, places: method.places }, ...layers], family).map((tuned) => ({
    ...tuned,
    path: namePath(spec, tuned),
  }));
}

/** Names by component, without places. */
export function toComponents(tuned: readonly Tuned[]): ResolvedMethod['components'] {
  const components: ResolvedMethod['components'] = {};
  for (const { component, name } of tuned) components[component] = [...(components[component] ?? []), name];
  return components;
}

interface Layer {
  names: ComponentNames;
  places: Record<string, Path>;
}

const generality = ['*', 'text'];

function tunedIn(layers: readonly Layer[], family: Family): Tuned[] {
  const by = new Map<Component, Tuned[]>();
  for (const { names, places } of layers) {
    const keys = Object.keys(names).sort((a, b) => rank(a) - rank(b));
    for (const key of keys)
      for (const component of componentsOf(key, family))
        by.set(
          component,
          names[key]!.map((name) => ({ component, key, name, path: places[key]! })),
        );
  }
  const order = [...family.components, ...[...by.keys()].filter((component) => !family.components.includes(component))];
  return order.flatMap((component) => (by.get(component) ?? []).filter(({ name }) => name !== 'frozen'));
}

/** The most general key first. */
function rank(key: string): number {
  const i = generality.indexOf(key);
  return i < 0 ? generality.length : i;
}

/** The place of the name itself where it stands in a list. */
function namePath(spec: Spec, { path, name }: Tuned): Path {
  const value = path.reduce<unknown>((at, key) => (at as Record<string | number, unknown> | undefined)?.[key], spec);
  return Array.isArray(value) && value.includes(name) ? [...path, value.indexOf(name)] : path;
}
