/** Two entries under two names that mean the same runs: the time of one of them is wasted, or a setting was forgotten. */
import type { Method, Spec } from '../../../schemas/generated/spec';
import { canonicalJson } from '../../plan/identity';
import { expandMethod, listNames } from '../combine';
import type { Rule } from './rule';

const sections = { methods: ['method', 'methods'], models: ['model', 'models'], tasks: ['task', 'tasks'] } as const;

/** Entries of a section differ in something, unless `overrides`, `exclude` or `sweep` tell them apart. */
export const entriesDiffer: Rule = ({ spec, report, whole }) => {
  // What was left out of two entries may be where they differ.
  if (!whole) return;
  for (const section of ['models', 'tasks', 'methods'] as const) {
    const [word, plural] = sections[section];
    const told = toldApart(spec, word, plural);
    const firsts = new Map<string, string>();
    for (const [name, entry] of Object.entries(spec[section] ?? {})) {
      const means = canonicalJson(section === 'methods' ? meaningOf(name, entry as Method) : entry);
      const twin = firsts.get(means);
      if (twin === undefined) firsts.set(means, name);
      if (twin === undefined || told.has(name) || told.has(twin)) continue;
      report({
        code: 'MP1112',
        severity: 'warning',
        path: [section, name],
        at: 'key',
        message: `the ${word} "${name}" is the same as "${twin}": each of its runs is done twice`,
        hint: 'change what should differ, or keep one of the two',
        related: [{ path: [section, twin], at: 'key', message: `"${twin}" says the same` }],
      });
    }
  }
};

/** What a method does, without its name; names of a list in any order. */
function meaningOf(name: string, method: Method) {
  const { components, combine } = method;
  const cells = combine ? expandMethod(name, method).map((cell) => cell.components) : [listNames(components)];
  for (const names of cells.flatMap((cell) => Object.values(cell))) names.sort();
  return { ...method, components: null, combine: null, cells };
}

/** Names that a selector or a swept setting picks out: there the settings of two equal entries may part. */
function toldApart(
  { overrides = [], exclude = [], sweep = {} }: Spec,
  word: 'model' | 'task' | 'method',
  plural: string,
) {
  const selected = [...overrides, ...exclude].flatMap((selector) => [selector[word] ?? []].flat());
  const swept = Object.keys(sweep).map((setting) => setting.split('.'));
  return new Set([...selected, ...swept.flatMap(([section, name]) => (section === plural && name ? [name] : []))]);
}
