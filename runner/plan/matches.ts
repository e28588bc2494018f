/** What each group and adapter of a run matched, tensors by layer: the place where a pattern that takes more than was meant shows. */
import type { Selection } from '../methods/types';
import type { Component, Parameter } from '../models/types';

/** The same tensor of several layers. */
export interface MatchedTensors {
  /** Name in the checkpoint, with `*` in place of the layer. */
  name: string;
  /** Layers as a list of ranges, such as `0-11`; absent for what stands outside the layers. */
  layers?: string;
  tensors: number;
}

export interface PlannedMatch {
  component: Component;
  /** Of the group or adapter. */
  name: string;
  /** Base tensors that are tuned, or at which the adapter is put. */
  tensors: number;
  matched: MatchedTensors[];
}

export function describeMatches({ matches }: Selection, parameters: readonly Parameter[]): PlannedMatch[] {
  const byName = new Map(parameters.map((parameter) => [parameter.name, parameter]));
  return matches.map(({ component, name, tensors }) => {
    const layersOf = new Map<string, number[]>();
    for (const tensor of tensors) {
      const { layer } = byName.get(tensor)!;
      const folded = layer === undefined ? tensor : tensor.replace(`.${layer}.`, '.*.');
      layersOf.set(folded, [...(layersOf.get(folded) ?? []), ...(layer === undefined ? [] : [layer])]);
    }
    const matched = [...layersOf].map(([folded, layers]) => ({
      name: folded,
      ...(layers.length > 0 && { layers: ranges(layers) }),
      tensors: Math.max(1, layers.length),
    }));
    return { component, name, tensors: tensors.length, matched };
  });
}

/** Rising numbers as ranges: `0-3,7`. */
function ranges(numbers: readonly number[]): string {
  const found: [number, number][] = [];
  for (const n of [...numbers].sort((a, b) => a - b)) {
    const last = found.at(-1);
    if (last && n === last[1] + 1) last[1] = n;
    else found.push([n, n]);
  }
  return found.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(',');
}
