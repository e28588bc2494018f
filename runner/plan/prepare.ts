/** Opens and checks what the runs of a cell need: model, data, groups and adapters, rates. */
import type { Spec } from '../../schemas/generated/spec';
import type { Checkpoint } from '../models';
import type { Family } from '../models/family';
import type { Finding } from '../spec/report';
import { taskSplits } from '../spec/rules/splits';
import { unsupported } from '../spec/rules/support';
import type { GridCell } from './cells';
import { type Tuned, tunedBy } from './components';
import type { EntryProblem } from './entries';
import { checkFit } from './fit';
import { mergeRate, overridesOf } from './merge';
import { type Rates, resolveRates } from './rates';
import type { Resources, TaskData } from './resources';

/** A cell that can be run, or why it cannot. */
export type Prepared =
  | { problems: Finding[] }
  | { checkpoint: Checkpoint; data: TaskData; tuned: Tuned[]; rates: Rates };

/**
 * Opens and checks what a cell needs.
 * @param entries what the lists of groups and adapters name in vain, over all cells
 */
export async function prepare(
  spec: Spec,
  cell: GridCell,
  sweep: Readonly<Record<string, unknown>>,
  resources: Resources,
  entries: readonly EntryProblem[],
): Promise<Prepared> {
  const refused = unsupported(spec).filter(({ path }) => concerns(path, spec, cell));
  if (refused.length > 0) return { problems: refused.map((finding): Finding => ({ ...finding, severity: 'error' })) };
  const model = resources.model(spec, cell.model);
  const data = await resources.task(spec, cell.task);
  const problems = [model, data].flatMap((opened) => ('findings' in opened ? opened.findings : []));
  if ('findings' in model || 'findings' in data) return { problems };
  const { checkpoint } = model;
  const tuned = tunedBy(cell.expanded, overridesOf(spec, cell), checkpoint.family, spec);
  const refusedAdapters = unsupported(spec).filter(
    ({ path }) => path[0] === 'adapters' && tuned.some(({ name }) => name === path[1]),
  );
  const rates = resolveRates([...new Set(tuned.map(({ name }) => name))], mergeRate(spec, cell, sweep), spec);
  const told = new Set(entries.filter(({ whole }) => whole).map(({ name }) => name));
  const untold = tuned.filter(({ name }) => !told.has(name));
  const misfits = [
    ...entries.filter(({ name }) => tuned.some((entry) => entry.name === name)).map(({ finding }) => finding),
    ...refusedAdapters.map((finding): Finding => ({ ...finding, severity: 'error' })),
    ...checkFit(untold, checkpoint.parameters, { ...checkpoint, model: cell.model, spec }),
    ...unjoinedViews(spec, cell, checkpoint),
    ...withoutChats(spec, cell, checkpoint.family),
    ...(rates.missing.length > 0 ? [withoutRate(cell, rates.missing)] : []),
    ...(tuned.length > 0 && data.splits.train.length === 0 ? [withoutItems(cell)] : []),
    ...(rates.candidates && data.splits.validation.length === 0 ? [withoutValidation(cell)] : []),
  ];
  return misfits.length > 0 ? { problems: misfits } : { checkpoint, data, tuned, rates };
}

/** Whether something unsupported is part of a cell; adapters are judged once it is known which are used. */
function concerns([section, name]: Finding['path'], spec: Spec, cell: GridCell): boolean {
  if (section === 'models') return name === cell.model;
  if (section === 'tasks') return name === cell.task;
  if (section === 'datasets')
    return taskSplits(spec.tasks![cell.task]!, []).some(({ reference }) => reference.startsWith(`${name}/`));
  return section === 'runtime';
}

/** Leaving out a study's further images without a word would be another experiment. */
function unjoinedViews(spec: Spec, { task, model }: GridCell, { family }: Checkpoint): Finding[] {
  const settings = spec.tasks![task]!;
  if (settings.type !== 'report_generation' || settings.views !== 'all' || family.joinsViews) return [];
  return [
    {
      code: 'MP1106',
      path: ['tasks', task, 'views'],
      message: `views of a study joined for the family "${family.id}" of "${model}" are not supported in this version`,
      hint: 'write "first", or leave the pair out with "exclude"',
    },
  ];
}

/** Several turns are read by a language model alone. */
function withoutChats(spec: Spec, { task, model }: GridCell, family: Family): Finding[] {
  if (spec.tasks![task]!.type !== 'instruction' || family.components.includes('language_model')) return [];
  return [
    {
      code: 'MP1106',
      path: ['tasks', task, 'type'],
      message: `chats with the family "${family.id}" of "${model}" are not supported in this version`,
      hint: `leave the pair out with "exclude": [{ "model": "${model}", "task": "${task}", "reason": "…" }]; chats are for llava and llama`,
    },
  ];
}

function withoutRate({ from }: GridCell, names: readonly string[]): Finding {
  return {
    code: 'MP1004',
    path: ['methods', from],
    at: 'owner',
    message: `the method "${from}" has no learning rate for ${names.map((name) => `"${name}"`).join(', ')}`,
    hint: 'add "learning_rate" to the method',
  };
}

function withoutItems({ task, from }: GridCell): Finding {
  return {
    code: 'MP1004',
    path: ['tasks', task],
    at: 'owner',
    message: `"${task}" lacks the key "train", and the method "${from}" trains`,
    hint: 'name the splits to train on, such as "rad/train"',
  };
}

function withoutValidation({ task, from }: GridCell): Finding {
  return {
    code: 'MP1004',
    path: ['tasks', task],
    at: 'owner',
    message: `"${task}" lacks the key "validation", and the method "${from}" has a list of learning rates to choose from`,
    hint: 'hold a part of the training split out: "validation": { "from": "rad/train", "fraction": 0.1, "by": "image" }; or write one rate',
  };
}
