/** Optimiser steps that take more items than there are: each epoch is then one step, and warm-up and schedule mean something else. */
import type { Spec } from '../../../schemas/generated/spec';
import type { GridCell } from '../../plan/cells';
import { mergeTraining } from '../../plan/merge';
import type { Finding } from '../report';

/** Of the cells of one task; a batch that nobody has written is not reported. @param items that are trained on */
export function largeSteps(spec: Spec, cells: readonly GridCell[], items: number): Finding[] {
  if (items === 0) return [];
  return cells.flatMap((cell): Finding[] => {
    if (Object.keys(cell.expanded.components).length === 0) return [];
    const { batch_size: batch, gradient_accumulation_steps: accumulated } = mergeTraining(spec, cell);
    const [size, times] = [Number(batch?.value), Number(accumulated?.value)];
    const source = accumulated && accumulated.source !== 'default' && times > 1 ? accumulated.source : batch?.source;
    if (size * times <= items || source === undefined || source === 'default') return [];
    const product = times > 1 ? ` (${size} × ${times})` : '';
    return [
      {
        code: 'MP1113',
        severity: 'warning',
        path: source,
        message: `one optimiser step takes ${size * times} items${product}, and "${cell.task}" trains on ${items}: each epoch is a single step`,
        related: [{ path: ['tasks', cell.task, 'train'], message: `"${cell.task}" trains on these` }],
        hint: 'lower batch_size or gradient_accumulation_steps until an epoch has some tens of steps',
      },
    ];
  });
}
