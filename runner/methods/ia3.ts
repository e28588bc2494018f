/**
 * IA3: a learned vector l, first all ones, rescales the result of a layer, (W x + b) · l, or what goes into one that leads back to the residual stream, W (x · l) + b.
 * Sources: Liu et al. 2022, section 3.3; names, shapes ([out, 1] and [1, in]) and first values as in Hugging Face peft, whose `feedforward_modules` are those layers.
 */
import type { Adapter } from '../../schemas/generated/spec';
import type { Parameter } from '../models/types';
import { linear } from '../programs/ops/linear';
import { rescale } from '../programs/ops/rescale';
import type { AdapterMethod } from './method';
import { isMatrix, matchTargets, modulePath } from './targets';
import type { Placement } from './types';

type Ia3Adapter = Extract<Adapter, { type: 'ia3' }>;

/** Whether l stands before the layer: at outputs of attention and FFN. */
export function scalesInput({ role }: Parameter): boolean {
  return role === 'attention_output' || role === 'ffn_output';
}

export const ia3: AdapterMethod = {
  type: 'ia3',
  site: 'linear',
  needs: 'linear layers that its `targets` name',
  unsupported: ({ targets }: Ia3Adapter) =>
    targets.includes('patch_embedding') ? 'IA3 on `patch_embedding`' : undefined,
  matches: ({ targets }: Ia3Adapter, parameters) => matchTargets(targets, parameters).filter(isMatrix),
  place: (name, _adapter, matched) => matched.map((target) => placeAt(name, target)),
};

function placeAt(adapter: string, target: Parameter): Placement {
  const path = modulePath(target.canonical);
  const [out, into] = target.shape as [number, number];
  const before = scalesInput(target);
  return {
    type: 'ia3',
    adapter,
    component: target.component,
    targets: [target],
    tensors: [
      {
        name: `base_model.model.${modulePath(target.name)}.ia3_l`,
        place: `${path}.ia3_l`,
        shape: before ? [1, into] : [out, 1],
        decay: true,
        initial: () => new Float32Array(before ? into : out).fill(1),
      },
    ],
    sites: [
      {
        site: 'linear',
        path,
        key: `ia3 ${before ? 'before' : 'after'}`,
        act({ tape }, { path: at, x, weight, bias }) {
          const l = tape.parameter(`${at}.ia3_l`, [before ? into : out]);
          if (before) return linear(tape, rescale(tape, x, l), weight, bias);
          return rescale(tape, linear(tape, x, weight, bias), l);
        },
      },
    ],
  };
}
