/** What of a plan is asked for. */
import type { Spec } from '../../schemas/generated/spec';
import { nearest } from '../spec/nearest';
import type { Finding } from '../spec/report';
import type { GridCell } from './cells';

/** Leaves out what is not asked for. Names are those of the spec; a method may be named by its grid. */
export interface PlanFilter {
  model?: string;
  task?: string;
  methods?: readonly string[];
  /** In place of the spec's seeds. */
  seeds?: readonly number[];
  /** In place of the training's `max_steps`. */
  maxSteps?: number;
}

/** Whether a filter asks for a cell. */
export function isChosen(cell: GridCell, { model, task, methods }: PlanFilter): boolean {
  const chosen = methods === undefined || methods.some((name) => name === cell.method || name === cell.from);
  return chosen && (model === undefined || model === cell.model) && (task === undefined || task === cell.task);
}

/** A filter that names what the spec does not have would leave nothing, without a word. */
export function checkFilter(
  spec: Spec,
  cells: readonly GridCell[],
  { model, task, methods = [] }: PlanFilter,
): Finding[] {
  const known = {
    model: Object.keys(spec.models ?? {}),
    task: Object.keys(spec.tasks ?? {}),
    method: [...new Set([...Object.keys(spec.methods ?? {}), ...cells.map((cell) => cell.method)])],
  };
  const asked = [['model', model], ['task', task], ...methods.map((name) => ['method', name])] as [
    'model' | 'task' | 'method',
    string | undefined,
  ][];
  return asked.flatMap(([what, name]): Finding[] => {
    if (name === undefined || known[what].includes(name)) return [];
    const near = nearest(name, known[what]);
    const hint = near === undefined ? `it has ${known[what].join(', ') || 'none'}` : `did you mean "${near}"?`;
    return [{ code: 'MP1101', path: [], at: 'owner', message: `the spec has no ${what} "${name}"`, hint }];
  });
}
