/**
 * LoRA: y = W x + b + s · B (A x), A [r, in], B [out, r], s = alpha / r (rsLoRA: alpha / sqrt r). A is random and B zero: the first step starts from the base model.
 * With `use_dora`, the result but for b is scaled row by row: see dora.ts.
 * Sources: Hu et al. 2021, section 4.1; Kalajdzievski 2023, theorem 3.2; names, counts and first values as in Hugging Face peft.
 */
import type { Adapter } from '../../schemas/generated/spec';
import { kaimingUniform } from '../models/random';
import { sizeOf } from '../models/safetensors';
import type { Parameter } from '../models/types';
import { linear } from '../programs/ops/linear';
import { lora as lowRank } from '../programs/ops/lora';
import { doraMagnitude, doraSite } from './dora';
import { loraPeft, loraScale, mergeLora } from './lora_peft';
import type { AdapterMethod } from './method';
import { peftRoot } from './peft';
import { matchTargets, modulePath } from './targets';
import type { AddedTensor, Placement } from './types';

type LoraAdapter = Extract<Adapter, { type: 'lora' }>;

export const lora: AdapterMethod = {
  type: 'lora',
  site: 'linear',
  needs: 'linear layers that its `targets` name',
  unsupported: ({ dropout, use_dora: useDora }: LoraAdapter) =>
    dropout && useDora ? 'DoRA with `dropout` above 0' : undefined,
  matches: ({ targets }: LoraAdapter, parameters) => matchTargets(targets, parameters),
  place: (name, adapter: LoraAdapter, matched) => matched.map((target) => placeAt(name, adapter, target)),
  peft: loraPeft,
  merge: mergeLora,
};

function placeAt(adapter: string, settings: LoraAdapter, target: Parameter): Placement {
  const { rank, use_dora: useDora, dropout = 0 } = settings;
  const scale = loraScale(settings);
  const path = modulePath(target.canonical);
  return {
    type: 'lora',
    adapter,
    component: target.component,
    targets: [target],
    tensors: [...lowRankTensors(target, rank), ...(useDora ? [doraMagnitude(target)] : [])],
    sites: [
      useDora
        ? doraSite(path, rank, scale)
        : {
            site: 'linear',
            path,
            key: `lora ${rank} ${scale} ${dropout}`,
            act(modules, { path: at, x, weight, bias }) {
              const { tape } = modules;
              const [out, into] = weight.shape as [number, number];
              const a = tape.parameter(`${at}.lora_A.weight`, [rank, into]);
              const b = tape.parameter(`${at}.lora_B.weight`, [out, rank]);
              const dropped = modules.dropout(`${at}.lora`, x, dropout);
              return lowRank(tape, linear(tape, x, weight, bias), dropped, a, b, scale);
            },
          },
    ],
  };
}

function lowRankTensors(target: Parameter, rank: number): AddedTensor[] {
  // A convolution's A has its kernel, its B is one of single pixels.
  const [out, ...into] = target.shape;
  const stored = `${peftRoot}${modulePath(target.name)}`;
  const path = modulePath(target.canonical);
  const shapes = { a: [rank, ...into], b: [out!, rank, ...into.slice(1).map(() => 1)] };
  return [
    {
      name: `${stored}.lora_A.weight`,
      place: `${path}.lora_A.weight`,
      shape: shapes.a,
      decay: true,
      initial: ({ random }) => kaimingUniform(shapes.a, random),
    },
    {
      name: `${stored}.lora_B.weight`,
      place: `${path}.lora_B.weight`,
      shape: shapes.b,
      decay: true,
      initial: () => new Float32Array(sizeOf(shapes.b)),
    },
  ];
}
