/** Parameter groups: parts of the base model's own parameters ("intrinsic" tuning), chosen by module kind and not by substrings. */
import type { ParameterGroup } from '../../schemas/generated/spec';
import type { Parameter } from '../models/types';

/** Layer numbers of a list such as `0,3,6-8`. */
export function parseLayers(text: string): Set<number> {
  const layers = new Set<number>();
  for (const range of text.split(',')) {
    const [first, last = first] = range.split('-').map(Number);
    for (let layer = first!; layer <= last!; layer++) layers.add(layer);
  }
  return layers;
}

/**
 * The parameters that the group matches, in the given order. Every condition of the group must hold; tensors outside the layers
 * (embeddings, final norms, head) match no `layers` condition.
 */
export function matchGroup(group: ParameterGroup, parameters: readonly Parameter[]): Parameter[] {
  const kinds = group.kind === undefined ? undefined : [group.kind].flat();
  const layers = group.layers === undefined ? undefined : parseLayers(group.layers);
  const pattern = group.pattern === undefined ? undefined : new RegExp(group.pattern);
  return parameters.filter(
    (parameter) =>
      (kinds?.includes(parameter.kind) ?? true) &&
      (group.components?.some((component) => component === parameter.component) ?? true) &&
      (layers === undefined || (parameter.layer !== undefined && layers.has(parameter.layer))) &&
      (pattern?.test(parameter.name) ?? true) &&
      (group.parameters?.includes(parameter.part) ?? true),
  );
}
