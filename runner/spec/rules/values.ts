/** Values that the schema cannot judge: ranges of layers, regular expressions, grids. */
import { isRole } from '../../methods/targets';
import { gridOf } from '../../plan/cells';
import type { Rule, RuleContext } from './rule';
import { isKnownReference, taskSplits } from './splits';

/** Of a group or adapter alone. */
type PartRule = (context: Pick<RuleContext, 'spec' | 'report'>) => void;

/** `8-11`, not `11-8`. */
export const layerRangesRise: PartRule = ({ spec, report }) => {
  for (const [name, { layers }] of Object.entries(spec.parameter_groups ?? {})) {
    const falling = layers?.split(',').find((range) => {
      const [first, last = first] = range.split('-').map(Number);
      return last! < first!;
    });
    if (layers !== undefined && falling !== undefined) {
      const begin = layers.indexOf(falling);
      const suggestion = falling.split('-').reverse().join('-');
      const part: [number, number] = [begin, begin + falling.length];
      report({
        code: 'MP1005',
        path: ['parameter_groups', name, 'layers'],
        part,
        message: `the range ${falling} is empty`,
        suggestion,
      });
    }
  }
};

/** Patterns are regular expressions. */
export const patternsCompile: PartRule = ({ spec, report }) => {
  const check = (pattern: string, path: (string | number)[]) => {
    try {
      new RegExp(pattern);
    } catch (error) {
      report({
        code: 'MP1005',
        path,
        message: `this is not a regular expression: ${(error as Error).message}`,
        hint: 'write a backslash before characters that stand for themselves, in JSON as two: "\\("',
      });
    }
  };
  for (const [name, { pattern }] of Object.entries(spec.parameter_groups ?? {}))
    if (pattern !== undefined) check(pattern, ['parameter_groups', name, 'pattern']);
  for (const [name, adapter] of Object.entries(spec.adapters ?? {}))
    for (const key of ['targets', 'feedforward_targets'] as const) {
      const targets = (adapter as { [of in typeof key]?: readonly string[] })[key] ?? [];
      targets.forEach((target, i) => {
        if (!isRole(target)) check(target, ['adapters', name, key, i]);
      });
    }
};

/** A component is either fixed or varied. */
export const gridsVaryWhatIsNotFixed: Rule = ({ spec, report }) => {
  for (const [name, { components, combine }] of Object.entries(spec.methods ?? {}))
    for (const component of Object.keys(combine ?? {}))
      if (components && component in components)
        report({
          code: 'MP1104',
          path: ['methods', name, 'combine', component],
          at: 'key',
          message: `"${component}" stands in "components" and in "combine"`,
          hint: 'keep one of the two',
          related: [{ path: ['methods', name, 'components', component], at: 'key', message: 'it is fixed here' }],
        });
};

/** A method that tunes something needs items to train on. */
export const trainedTasksHaveData: Rule = ({ spec, report, written }) => {
  const without = Object.keys(spec.tasks ?? {}).filter((name) => !written(['tasks', name, 'train']));
  if (without.length === 0) return;
  const { cells } = gridOf(spec);
  for (const name of without) {
    const trains = cells.find(({ task, expanded }) => task === name && Object.keys(expanded.components).length > 0);
    if (trains)
      report({
        code: 'MP1004',
        path: ['tasks', name],
        at: 'owner',
        message: `"${name}" lacks the key "train", and the method "${trains.method}" trains`,
        hint: 'name the splits to train on, such as "rad/train", or exclude what trains',
      });
  }
};

/** What is held out for validation is taken from a split that is trained on. */
export const validationIsHeldOutOfTraining: Rule = (context) => {
  const { spec, report } = context;
  for (const [name, task] of Object.entries(spec.tasks ?? {})) {
    const { validation, train, test, transfer } = task;
    if (!validation || Array.isArray(validation) || !train || train.includes(validation.from)) continue;
    if ([...train, validation.from].some((reference) => !isKnownReference(context, reference))) continue;
    const tested = [...(test ?? []), ...(transfer ?? [])].includes(validation.from);
    report({
      code: 'MP1102',
      path: ['tasks', name, 'validation', 'from'],
      message: `"${validation.from}" is not trained on${tested ? ' but tested on' : ''}, so nothing can be held out of it`,
      hint: `trained on: ${train.join(', ')}`,
      related: [{ path: ['tasks', name, 'train'], message: `"${name}" trains on these` }],
    });
  }
};

/** A split that is trained on cannot test what was learnt. */
export const trainAndTestAreApart: Rule = ({ spec, report }) => {
  for (const [name, task] of Object.entries(spec.tasks ?? {}))
    for (const { reference, path } of taskSplits(task, ['tasks', name]))
      if (
        ['test', 'transfer', 'validation'].includes(String(path[2])) &&
        path[3] !== 'from' &&
        task.train?.includes(reference)
      )
        report({
          code: 'MP1102',
          severity: 'warning',
          path,
          message: `"${reference}" is also trained on: its scores say nothing about new data`,
          related: [
            {
              path: ['tasks', name, 'train', task.train.indexOf(reference)],
              message: `"${reference}" is trained on here`,
            },
          ],
          hint: 'keep it only to see what was memorised',
        });
};
