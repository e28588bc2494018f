/** Sweeps: each path names a setting, each value suits it. */
import type { Spec } from '../../../schemas/generated/spec';
import { checkStructure } from '../structure';
import type { Rule } from './rule';

const sweepable = ['training', 'models', 'datasets', 'tasks', 'parameter_groups', 'adapters', 'methods'];

/** A copy of the spec in which the setting at a path such as `training.batch_size` has another value. */
export function withSetting(spec: Spec, setting: string, value: unknown): Spec {
  const copy: unknown = structuredClone(spec);
  const keys = setting.split('.');
  let at = copy as Record<string, unknown>;
  for (const key of keys.slice(0, -1)) {
    if (!Object.hasOwn(at, key) || typeof at[key] !== 'object' || at[key] === null) at[key] = {};
    at = at[key] as Record<string, unknown>;
  }
  at[keys.at(-1)!] = value;
  return copy as Spec;
}

/** Every value of a sweep makes a valid spec. */
export const sweepsNameSettings: Rule = ({ spec, report }) => {
  for (const [setting, values] of Object.entries(spec.sweep ?? {})) {
    const [section, name] = setting.split('.') as [string, string | undefined];
    const named =
      section === 'training' || (name !== undefined && Object.keys(spec[section as 'models'] ?? {}).includes(name));
    if (!sweepable.includes(section) || !named) {
      report({
        code: 'MP1101',
        path: ['sweep', setting],
        at: 'key',
        message: `there is no setting "${setting}" to vary`,
        hint: 'write its keys with dots between them, such as "training.batch_size" or "adapters.lora8.rank"',
      });
      continue;
    }
    values.forEach((value, i) => {
      const [problem] = checkStructure(withSetting(spec, setting, value));
      if (!problem) return;
      const unknown = problem.code === 'MP1002';
      if (unknown && i > 0) return;
      report({
        ...problem,
        code: unknown ? 'MP1101' : problem.code,
        path: unknown ? ['sweep', setting] : ['sweep', setting, i],
        at: unknown ? 'key' : 'value',
        ...(problem.suggestion === undefined ? {} : suggestWhole(setting, problem.suggestion)),
      });
    });
  }
};

/** The suggestion is for the last word of the path; the quick fix replaces all of it. */
function suggestWhole(setting: string, word: string): { suggestion: string } {
  return { suggestion: [...setting.split('.').slice(0, -1), word].join('.') };
}
