/** Splits: `dataset/split` names a data set of the spec and a split of its format. */
import type { Dataset, Task } from '../../../schemas/generated/spec';
import { formats } from '../../data/formats';
import { nearest } from '../nearest';
import type { Path } from '../types';
import { valueAt } from '../values';
import { type Rule, type RuleContext, requireName } from './rule';

/** Every split reference of a task with its place. */
export function taskSplits(task: Task, at: Path): { reference: string; path: Path }[] {
  const { train, validation, test, transfer } = task;
  const held =
    validation && !Array.isArray(validation)
      ? [{ reference: validation.from, path: [...at, 'validation', 'from'] }]
      : [];
  const listed = { train, validation: Array.isArray(validation) ? validation : undefined, test, transfer };
  const named = Object.entries(listed).flatMap(([key, references]) =>
    (references ?? []).map((reference, i) => ({ reference, path: [...at, key, i] })),
  );
  return [...named, ...held];
}

/** Each split of a task is one of a known data set; what splits there are, its format says. */
export const splitsAreKnown: Rule = (context) => {
  for (const [name, task] of Object.entries(context.spec.tasks ?? {}))
    for (const { reference, path } of taskSplits(task, ['tasks', name])) checkReference(context, reference, path);
};

/** An expectation is about a split that a task of it is tested on. */
export const expectedSplitsAreTested: Rule = (context) => {
  const { spec, report, written } = context;
  spec.expect?.forEach((expectation, i) => {
    const path = ['expect', i, 'test'];
    if (!checkReference(context, expectation.test, path)) return;
    const names = expectation.task === undefined ? context.names.tasks : [expectation.task].flat();
    const tasks = names.flatMap((name) => (spec.tasks && Object.hasOwn(spec.tasks, name) ? [spec.tasks[name]!] : []));
    const tested = [...new Set(tasks.flatMap(({ test, transfer }) => [...(test ?? []), ...(transfer ?? [])]))];
    const unsure =
      tested.some((reference) => !isKnownReference(context, reference)) ||
      names.some((name) => !tasks.length || !written(['tasks', name]) || !(name in (spec.tasks ?? {})));
    if (unsure || tested.includes(expectation.test)) return;
    const suggestion = nearest(expectation.test, tested);
    report({
      code: 'MP1102',
      path,
      message: `no task of this expectation is tested on "${expectation.test}"`,
      ...(suggestion === undefined ? { hint: `tested on: ${tested.join(', ') || 'nothing'}` } : { suggestion }),
    });
  });
};

/** A filter names fields that records of the format have. */
export const filtersNameFields: Rule = ({ spec, report }) => {
  for (const [name, { format, filter }] of Object.entries(spec.datasets ?? {})) {
    const known = formats.get(format)?.fields;
    for (const field of Object.keys(filter ?? {})) {
      if (!known || known.includes(field)) continue;
      const suggestion = nearest(field, known);
      report({
        code: 'MP1101',
        path: ['datasets', name, 'filter', field],
        at: 'key',
        message: `records of format "${format}" have no field "${field}"`,
        ...(suggestion === undefined ? { hint: `fields: ${known.join(', ')}` } : { suggestion }),
      });
    }
  }
};

/** Whether data set and split are known, without a word: what is not has been reported where it stands. */
export function isKnownReference(context: RuleContext, reference: string): boolean {
  return checkReference({ ...context, report: () => {} }, reference, []);
}

/** @returns whether data set and split are known */
function checkReference(context: RuleContext, reference: string, path: Path): boolean {
  const slash = reference.indexOf('/');
  const [name, split] = [reference.slice(0, slash), reference.slice(slash + 1)];
  if (!requireName(context, name, ['datasets'], { path, part: [0, slash] })) return false;
  const dataset = valueAt(context.spec, ['datasets', name]) as Dataset | undefined;
  const known = dataset && formats.get(dataset.format)?.splits;
  if (!known || known.includes(split)) return true;
  const suggestion = nearest(split, known);
  context.report({
    code: 'MP1102',
    path,
    part: [slash + 1, reference.length],
    message: `the data set "${name}" has no split "${split}"`,
    ...(suggestion === undefined ? { hint: `its splits: ${known.join(', ')}` } : { suggestion }),
  });
  return false;
}
