/** Names: whatever a spec names must be in it. */
import { predefined } from '../../methods/select';
import type { Path } from '../types';
import { namesAt, type Rule, type RuleContext, requireName } from './rule';

const parts = ['parameter_groups', 'adapters'] as const;

/** Methods and overrides name parameter groups, adapters, `all` or `frozen`. */
export const partsAreKnown: Rule = (context) => {
  const { spec } = context;
  const check = (components: Record<string, string | string[]> | undefined, path: Path) => {
    for (const [component, names] of Object.entries(components ?? {})) checkParts(context, names, [...path, component]);
  };
  for (const [name, method] of Object.entries(spec.methods ?? {})) {
    check(method.components, ['methods', name, 'components']);
    for (const [component, alternatives] of Object.entries(method.combine ?? {}))
      alternatives.forEach((names, i) => {
        checkParts(context, names, ['methods', name, 'combine', component, i]);
      });
  }
  spec.overrides?.forEach(({ components }, i) => {
    check(components, ['overrides', i, 'components']);
  });
};

/** A name cannot be both a group and an adapter, nor a predefined word: methods could not tell them apart. */
export const partNamesAreDistinct: Rule = ({ names, report }) => {
  for (const section of parts)
    for (const name of names[section]) {
      const taken = predefined.some((word) => word === name);
      if (taken || (section === 'adapters' && names.parameter_groups.includes(name)))
        report({
          code: 'MP1005',
          path: [section, name],
          at: 'key',
          message: taken ? `"${name}" is a predefined name` : `"${name}" is also the name of a parameter group`,
          hint: 'give it another name',
          ...(taken
            ? {}
            : { related: [{ path: ['parameter_groups', name], at: 'key', message: `the group "${name}"` }] }),
        });
    }
};

/** Executors are chosen for models of this spec. */
export const executorsNameModels: Rule = (context) => {
  const { executor } = context.spec.runtime ?? {};
  if (typeof executor !== 'object') return;
  for (const model of Object.keys(executor))
    requireName(context, model, ['models'], { path: ['runtime', 'executor', model], at: 'key' });
};

/** `frozen` says that nothing is tuned: beside other names it would contradict them. */
export const frozenStandsAlone: Rule = ({ spec, report }) => {
  const check = (names: string | string[], path: Path) => {
    if (Array.isArray(names) && names.length > 1 && names.includes('frozen'))
      report({
        code: 'MP1005',
        path: [...path, names.indexOf('frozen')],
        message: '"frozen" cannot stand beside other names',
        hint: 'leave it out; what is not named is frozen',
      });
  };
  for (const [name, { components, combine }] of Object.entries(spec.methods ?? {})) {
    for (const [key, names] of Object.entries(components ?? {})) check(names, ['methods', name, 'components', key]);
    for (const [key, alternatives] of Object.entries(combine ?? {}))
      alternatives.forEach((names, i) => {
        check(names, ['methods', name, 'combine', key, i]);
      });
  }
};

/** Overrides, exclusions and expectations name models, tasks and methods. */
export const selectorsAreKnown: Rule = (context) => {
  const { spec } = context;
  for (const list of ['overrides', 'exclude', 'expect'] as const)
    spec[list]?.forEach((selector, i) => {
      for (const { name, path } of namesAt(selector.model, [list, i, 'model']))
        requireName(context, name, ['models'], { path });
      for (const { name, path } of namesAt(selector.task, [list, i, 'task']))
        requireName(context, name, ['tasks'], { path });
      for (const { name, path } of namesAt(selector.method, [list, i, 'method']))
        requireName(context, name, ['methods'], { path });
    });
};

/** What results are compared with is a method. */
export const comparedMethodsAreKnown: Rule = (context) => {
  const { compare, expect } = context.spec;
  if (compare?.reference !== undefined)
    requireName(context, compare.reference, ['methods'], { path: ['compare', 'reference'] });
  expect?.forEach(({ better_than: other }, i) => {
    if (other !== undefined) requireName(context, other, ['methods'], { path: ['expect', i, 'better_than'] });
  });
};

function checkParts(context: RuleContext, names: string | string[], path: Path): void {
  for (const { name, path: place } of namesAt(names, path))
    requireName(context, name, parts, { path: place }, predefined);
}
