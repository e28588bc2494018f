/** Parameter counts of a run, from names and shapes alone. */
import type { ParameterCounts } from '../../schemas/generated/manifest';
import type { Selection } from '../methods/types';
import { sizeOf } from '../models/safetensors';
import type { Parameter } from '../models/types';

/**
 * Counts what a selection trains. `percent` is 100 · trainable / (base_total + added); tied tensors count once.
 * @param parameters every base tensor of the model
 */
export function countParameters(parameters: readonly Parameter[], selection: Selection): ParameterCounts {
  const byComponent: Record<string, number> = {};
  const byKind: Record<string, number> = {};
  let tensors = 0;
  const add = (component: string, kind: string, shape: readonly number[]): number => {
    const size = sizeOf(shape);
    byComponent[component] = (byComponent[component] ?? 0) + size;
    byKind[kind] = (byKind[kind] ?? 0) + size;
    tensors++;
    return size;
  };
  const tuned = selection.base.reduce((sum, { parameter: p }) => sum + add(p.component, p.kind, p.shape), 0);
  let added = 0;
  for (const { component, tensors: made } of selection.added)
    for (const { shape } of made) added += add(component, 'added', shape);
  const total = parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  return {
    trainable: tuned + added,
    added,
    base_total: total,
    percent: (100 * (tuned + added)) / (total + added),
    tensors,
    by_component: byComponent,
    by_kind: byKind,
  };
}
