/** The grid of a spec: models x tasks x methods, without what is excluded; and the points of its sweep. */
import type { Spec } from '../../schemas/generated/spec';
import { type ExpandedMethod, expandMethods } from '../spec/combine';
import { type Cell, selects } from './merge';

export interface GridCell extends Cell {
  expanded: ExpandedMethod;
}

/** Every cell, in the order in which the spec writes models, tasks and methods. */
export function gridOf(spec: Spec): { cells: GridCell[]; excluded: { cell: GridCell; reason: string }[] } {
  const methods = expandMethods(spec.methods ?? {});
  const all = Object.keys(spec.models ?? {}).flatMap((model) =>
    Object.keys(spec.tasks ?? {}).flatMap((task) =>
      methods.map((expanded): GridCell => ({ model, task, method: expanded.name, from: expanded.from, expanded })),
    ),
  );
  const cells: GridCell[] = [];
  const excluded: { cell: GridCell; reason: string }[] = [];
  for (const cell of all) {
    const exclusion = spec.exclude?.find((selector) => selects(selector, cell));
    if (exclusion === undefined) cells.push(cell);
    else excluded.push({ cell, reason: exclusion.reason });
  }
  return { cells, excluded };
}

/** Every point of the sweep's grid: setting path -> value. One empty point without a sweep. */
export function sweepPoints(sweep: Spec['sweep'] = {}): Record<string, unknown>[] {
  return Object.entries(sweep).reduce<Record<string, unknown>[]>(
    (points, [setting, values]) => points.flatMap((point) => values.map((value) => ({ ...point, [setting]: value }))),
    [{}],
  );
}
