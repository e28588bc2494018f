/** Splits: `dataset/split` names a data set of the spec and a split of its format. */
import type { Task } from '../../../schemas/generated/spec';
import { nearest } from '../nearest';
import type { Path } from '../types';
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
    const unsure = names.some((name) => !tasks.length || !written(['tasks', name]) || !(name in (spec.tasks ?? {})));
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

/** @returns whether the data set is known */
function checkReference(context: RuleContext, reference: string, path: Path): boolean {
  const slash = reference.indexOf('/');
  return requireName(context, reference.slice(0, slash), ['datasets'], { path, part: [0, slash] });
}
