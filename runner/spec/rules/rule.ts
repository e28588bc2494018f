/** What a rule sees and how it speaks. A rule checks one thing of a spec's meaning; index.ts lists them all. */
import type { Spec } from '../../../schemas/generated/spec';
import { nearest } from '../nearest';
import type { Finding } from '../report';
import type { Path } from '../types';

export const sections = ['models', 'datasets', 'tasks', 'parameter_groups', 'adapters', 'methods'] as const;
export type Section = (typeof sections)[number];

export interface RuleContext {
  /** The merged spec, without the places whose structure is wrong. */
  spec: Spec;
  /** Every name of a section, also of entries whose structure is wrong; methods with the cells of their grids. */
  names: Readonly<Record<Section, readonly string[]>>;
  /** Whether anything, right or wrong, is written at a place. */
  written(path: Path): boolean;
  /** Whether nothing was left out for its wrong structure. */
  whole: boolean;
  report(finding: Finding): void;
}

export type Rule = (context: RuleContext) => void;

const titles: Readonly<Record<Section, string>> = {
  models: 'model',
  datasets: 'data set',
  tasks: 'task',
  parameter_groups: 'parameter group',
  adapters: 'adapter',
  methods: 'method',
};

/** Reports a name that none of the sections has (MP1101). @returns whether it is known */
export function requireName(
  { names, report }: RuleContext,
  name: string,
  to: readonly Section[],
  place: Pick<Finding, 'path' | 'at' | 'part'>,
  predefined: readonly string[] = [],
): boolean {
  if (predefined.includes(name) || to.some((section) => names[section].includes(name))) return true;
  const known = [...to.flatMap((section) => names[section]), ...predefined];
  const suggestion = nearest(name, known);
  report({
    code: 'MP1101',
    ...place,
    message: `there is no ${to.map((section) => titles[section]).join(' or ')} "${name}"`,
    ...(suggestion === undefined
      ? { hint: known.length > 0 ? `known: ${known.join(', ')}` : `add it to "${to[0]}"` }
      : { suggestion }),
  });
  return false;
}

/** A name or list of names at a place, each with its own place. */
export function namesAt(value: string | readonly string[] | undefined, path: Path): { name: string; path: Path }[] {
  if (value === undefined) return [];
  if (typeof value === 'string') return [{ name: value, path }];
  return value.map((name, i) => ({ name, path: [...path, i] }));
}
