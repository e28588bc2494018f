/**
 * Lists whose entries must each mean something: `targets` of adapters; `kind`, `components` and `layers` of groups. An entry beside others that match
 * would otherwise be ignored in silence. It is enough that it matches in one of the models and components that it is used for.
 */
import type { Adapter, ParameterGroup, Spec } from '../../schemas/generated/spec';
import { unsupportedAdapter } from '../methods/adapters';
import { matchName } from '../methods/select';
import { isRole, roles } from '../methods/targets';
import type { Component, Parameter } from '../models/types';
import { nearest } from '../spec/nearest';
import type { Finding } from '../spec/report';
import type { GridCell } from './cells';
import { tunedBy } from './components';
import { overridesOf } from './merge';
import type { Resources } from './resources';

export interface EntryProblem {
  /** The group or adapter. */
  name: string;
  /** Whether the finding is all that is to be said of the name: nothing of it matches, because its words are unknown. */
  whole: boolean;
  finding: Finding;
}

/** One entry of a list, and the group or adapter as it would be with that entry alone. */
interface Entry {
  word: string;
  path: Finding['path'];
  part?: [number, number];
  alone: Pick<Spec, 'parameter_groups' | 'adapters'>;
  /** Whether it is to match within the components that the methods name, or anywhere in the model. */
  scope: 'tuned' | 'model';
  /** What could stand there instead, in words. */
  others(parameters: readonly Parameter[]): { title: string; words: string[] };
}

interface Use {
  model: string;
  component: Component;
  parameters: readonly Parameter[];
}

/**
 * Entries that match nothing in any model of the cells (MP1103). Names that a model which cannot be opened might match are left out.
 * @param canMatch whether a name is known and free of other mistakes
 */
export function checkEntries(
  spec: Spec,
  cells: readonly GridCell[],
  resources: Resources,
  canMatch: (name: string) => boolean = () => true,
): EntryProblem[] {
  const uses = new Map<string, Map<string, Use>>();
  const unsure = new Set<string>();
  for (const cell of cells) {
    const opened = resources.model(spec, cell.model);
    const overrides = overridesOf(spec, cell);
    if ('checkpoint' in opened) {
      const { family, parameters } = opened.checkpoint;
      for (const { name, component } of tunedBy(cell.expanded, overrides, family, spec)) {
        const known = uses.get(name) ?? new Map<string, Use>();
        uses.set(name, known.set(`${cell.model} ${component}`, { model: cell.model, component, parameters }));
      }
    } else
      for (const components of [
        cell.expanded.components,
        ...overrides.map(({ override }) => override.components ?? {}),
      ])
        for (const names of Object.values(components)) for (const name of [names].flat()) unsure.add(name);
  }
  return [...uses].flatMap(([name, used]) =>
    unsure.has(name) || !canMatch(name) ? [] : problemsOf(name, spec, [...used.values()]),
  );
}

function problemsOf(name: string, spec: Spec, uses: readonly Use[]): EntryProblem[] {
  const lists = listsOf(name, spec);
  return lists.flatMap((entries) => {
    const found = entries.map((entry) => uses.some((use) => matches(name, entry, use)));
    const empty = entries.filter((_, i) => !found[i]);
    const none = !found.includes(true);
    // Words of the language that all match nothing are told once, where the method names the group or adapter.
    const reported = none ? empty.filter(({ word, path }) => path.includes('targets') && !isRole(word)) : empty;
    return reported.map((entry) => ({
      name,
      whole: none,
      finding: toFinding(name, entry, spec, uses),
    }));
  });
}

function matches(name: string, { alone, scope }: Entry, { component, parameters }: Use): boolean {
  const parts = { parameterGroups: alone.parameter_groups ?? {}, adapters: alone.adapters ?? {} };
  const components = scope === 'tuned' ? [component] : [...new Set(parameters.map((parameter) => parameter.component))];
  return components.some((at) => matchName(name, at, parameters, parts).parameters.length > 0);
}

function toFinding(
  name: string,
  { word, path, part, scope, others }: Entry,
  spec: Spec,
  uses: readonly Use[],
): Finding {
  const models = [...new Set(uses.map(({ model }) => `"${model}"`))];
  const components = [...new Set(uses.map(({ component }) => component))];
  const where = scope === 'tuned' ? ` in ${components.join(', ')}` : '';
  const { title, words } = others(
    uses.flatMap(({ component, parameters }) =>
      scope === 'tuned' ? parameters.filter((parameter) => parameter.component === component) : parameters,
    ),
  );
  const suggestion = nearest(word, words);
  return {
    code: 'MP1103',
    path: sweptPath(path, spec),
    ...(part ? { part } : {}),
    message: `"${word}" of "${name}" matches nothing${where} of ${models.length > 1 ? 'the models' : 'the model'} ${models.join(', ')}`,
    ...(suggestion === undefined ? { hint: `${title}: ${words.join(', ') || 'none'}` } : { suggestion }),
  };
}

/** A list that a sweep puts in is at the sweep. */
function sweptPath(path: Finding['path'], { sweep = {} }: Spec): Finding['path'] {
  const setting = path.slice(0, 3).join('.');
  return Object.hasOwn(sweep, setting) ? ['sweep', setting] : path;
}

/** The lists of a group or adapter. */
function listsOf(name: string, { parameter_groups: groups = {}, adapters = {} }: Spec): Entry[][] {
  if (Object.hasOwn(groups, name)) return groupLists(name, groups[name]!);
  if (Object.hasOwn(adapters, name)) return targetLists(name, adapters[name]!);
  return [];
}

function targetLists(name: string, adapter: Adapter): Entry[][] {
  if (!('targets' in adapter) || unsupportedAdapter(adapter) !== undefined) return [];
  return [
    adapter.targets.map((word, i) => ({
      word,
      path: ['adapters', name, 'targets', i],
      alone: { adapters: { [name]: { ...adapter, targets: [word] } } },
      scope: 'tuned',
      others: (parameters) => ({
        title: 'a target is a part of the names of layers, or one of the roles there',
        words: roles.filter((role) => parameters.some((parameter) => parameter.role === role)),
      }),
    })),
  ];
}

function groupLists(name: string, group: ParameterGroup): Entry[][] {
  const entry = (change: ParameterGroup, rest: Omit<Entry, 'alone'>): Entry => ({
    ...rest,
    alone: { parameter_groups: { [name]: { ...group, ...change } } },
  });
  const kinds = [group.kind ?? []].flat().map((kind, i) =>
    entry(
      { kind },
      {
        word: kind,
        path: ['parameter_groups', name, 'kind', i],
        scope: 'tuned',
        others: (parameters) => ({ title: 'kinds there', words: distinct(parameters.map((at) => at.kind)) }),
      },
    ),
  );
  const components = (group.components ?? []).map((component, i) =>
    entry(
      { components: [component] },
      {
        word: component,
        path: ['parameter_groups', name, 'components', i],
        scope: 'model',
        others: (parameters) => ({ title: 'components', words: distinct(parameters.map((at) => at.component)) }),
      },
    ),
  );
  let begin = 0;
  const layers = (group.layers?.split(',') ?? []).map((range) => {
    const part: [number, number] = [begin, begin + range.length];
    begin = part[1] + 1;
    return entry(
      { layers: range },
      {
        word: range,
        path: ['parameter_groups', name, 'layers'],
        part,
        scope: 'tuned',
        others: (parameters) => ({
          title: 'layers there',
          words: distinct(parameters.flatMap(({ layer }) => layer ?? []).sort((a, b) => a - b)).map(String),
        }),
      },
    );
  });
  return [kinds, components, layers].filter((list) => list.length > 1);
}

function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
