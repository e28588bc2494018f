/** What a method selects in a model: base tensors to tune and modules to add. Chosen by module kind and role, checked for overlap. */
import type { Adapter, ParameterGroup } from '../../schemas/generated/spec';
import { MedpeftError } from '../errors';
import type { Component, Parameter, SiteKind } from '../models/types';
import { findMethod } from './adapters';
import { matchGroup } from './groups';
import type { Selection } from './types';

/** The part of a planned run that says what is tuned. */
export interface MethodSettings {
  method: { components: Partial<Record<Component, readonly string[]>> };
  parameterGroups: Readonly<Record<string, ParameterGroup>>;
  adapters: Readonly<Record<string, Adapter>>;
}

/** One name of a method in one component, and the base tensors that it tunes or adapts. */
export interface Match {
  component: Component;
  name: string;
  /** What is done there: two names may mean one tensor only where they do it at different sites. */
  site: SiteKind;
  parameters: Parameter[];
}

/** Two names of a method that mean the same tensor. */
export interface Overlap {
  component: Component;
  names: [string, string];
  tensors: string[];
}

/** Names that stand for parts of every model. */
export const predefined = ['all', 'frozen'] as const;

/**
 * The base tensors that a group or adapter means among the parameters of one component.
 * @throws MP1101 unknown name; MP1106 adapter type not supported
 */
export function matchName(
  name: string,
  component: Component,
  parameters: readonly Parameter[],
  parts: Pick<MethodSettings, 'parameterGroups' | 'adapters'>,
): Match {
  const own = parameters.filter((parameter) => parameter.component === component);
  const match = (matched: Parameter[], site: SiteKind = 'linear'): Match => ({
    component,
    name,
    site,
    parameters: matched,
  });
  if (name === 'all') return match(own);
  if (name === 'frozen') return match([]);
  if (Object.hasOwn(parts.parameterGroups, name)) return match(matchGroup(parts.parameterGroups[name]!, own));
  if (Object.hasOwn(parts.adapters, name)) {
    const adapter = parts.adapters[name]!;
    const method = findMethod(adapter);
    return match(method.matches(adapter, own), method.site);
  }
  throw new MedpeftError('MP1101', `there is no parameter group or adapter "${name}"`, undefined, name);
}

/** What a component lacks for an adapter that matches nothing in it; undefined for a parameter group. */
export function lackedBy(name: string, { adapters }: Pick<MethodSettings, 'adapters'>): string | undefined {
  if (!Object.hasOwn(adapters, name)) return undefined;
  const { type, needs } = findMethod(adapters[name]!);
  return `${type} needs ${needs}`;
}

/** Pairs of names that mean a tensor in common, in the order of the names. */
export function findOverlaps(matches: readonly Match[]): Overlap[] {
  const overlaps: Overlap[] = [];
  matches.forEach((second, i) => {
    for (const first of matches.slice(0, i)) {
      if (first.component !== second.component || first.site !== second.site) continue;
      const tensors = new Set(first.parameters.map((parameter) => parameter.name));
      const common = second.parameters.filter((parameter) => tensors.has(parameter.name)).map(({ name }) => name);
      if (common.length > 0)
        overlaps.push({ component: second.component, names: [first.name, second.name], tensors: common });
    }
  });
  return overlaps;
}

/**
 * Applies a method to a model's parameters.
 * @param parameters every base tensor, in the model's order
 * @throws MP1103 a name matches no tensor in any of its components; MP1104 two names mean the same tensor; MP1106 not supported; MP1109 a prefix beside a prompt
 */
export function select(parameters: readonly Parameter[], settings: MethodSettings): Selection {
  const components = Object.entries(settings.method.components) as [Component, readonly string[]][];
  const matches = components.flatMap(([component, names]) =>
    names.map((name) => matchName(name, component, parameters, settings)),
  );
  refuseEmpty(matches, settings);
  refuseOverlap(findOverlaps(matches));
  for (const { reason, names, component } of findClashes(matches))
    throw new MedpeftError('MP1109', reason, `leave out ${names[0]} or ${names[1]} in ${component}`, names[1]);
  const isAdapter = ({ name }: Match) => Object.hasOwn(settings.adapters, name);
  const groupOf = new Map<Parameter, string>();
  for (const match of matches)
    if (!isAdapter(match)) for (const parameter of match.parameters) groupOf.set(parameter, match.name);
  return {
    base: parameters.flatMap((parameter) => {
      const group = groupOf.get(parameter);
      return group === undefined ? [] : [{ parameter, group }];
    }),
    added: matches.filter(isAdapter).flatMap(({ name, parameters: matched }) => {
      const adapter = settings.adapters[name]!;
      return findMethod(adapter).place(name, adapter, matched);
    }),
    matches: matches.map(({ component, name, parameters: matched }) => ({
      component,
      name,
      tensors: matched.map((parameter) => parameter.name),
    })),
  };
}

function refuseEmpty(matches: readonly Match[], settings: MethodSettings): void {
  const found = new Set(matches.filter(({ parameters }) => parameters.length > 0).map(({ name }) => name));
  const empty = matches.find(({ name }) => name !== 'frozen' && !found.has(name));
  if (empty)
    throw new MedpeftError(
      'MP1103',
      [`"${empty.name}" matches no tensor of ${empty.component}`, lackedBy(empty.name, settings)]
        .filter(Boolean)
        .join(': '),
      '`medpeft inspect model` lists the components, kinds and roles of a model',
      empty.name,
    );
}

function refuseOverlap([overlap]: readonly Overlap[]): void {
  if (!overlap) return;
  const { names, tensors, component } = overlap;
  throw new MedpeftError(
    'MP1104',
    describeOverlap(overlap),
    `leave out ${names[0]} or ${names[1]} in ${component}`,
    tensors[0],
  );
}

/** Adapters of one component that have no meaning together. */
export interface Clash {
  component: Component;
  names: [string, string];
  reason: string;
}

/** Both put tokens in front of a text: what one's positions and masks are beside the other's is nowhere defined, and PEFT loads no such pair. */
const apart: readonly SiteKind[] = ['keysValues', 'embeddings'];

/** Prefixes beside prompts, in the order of the names. */
export function findClashes(matches: readonly Match[]): Clash[] {
  const inFront = matches.filter(({ site, parameters }) => apart.includes(site) && parameters.length > 0);
  return inFront.flatMap((second, i) =>
    inFront
      .slice(0, i)
      .filter((first) => first.component === second.component && first.site !== second.site)
      .map((first) => ({
        component: second.component,
        names: [first.name, second.name] as [string, string],
        reason: `"${first.name}" and "${second.name}" both put virtual tokens in front of the texts of ${second.component}: a prefix and a prompt do not go together`,
      })),
  );
}

/** An overlap in words. */
export function describeOverlap({ names, tensors, component }: Overlap): string {
  const rest = tensors.length > 1 ? ` and ${tensors.length - 1} more` : '';
  const who =
    names[0] === names[1] ? `"${names[0]}" is named twice in` : `"${names[0]}" and "${names[1]}" both mean, in`;
  return `${who} ${component}: ${tensors[0]}${rest}`;
}
