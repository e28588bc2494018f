/**
 * LoRA: y = W x + b + s · B (A x), A [r, in], B [out, r], s = alpha / r (rsLoRA: alpha / sqrt r).
 * Sources: Hu et al. 2021, section 4.1; Kalajdzievski 2023, theorem 3.2; names and counts as in Hugging Face peft.
 */
import type { Adapter } from '../../schemas/generated/spec';
import type { Parameter } from '../models/types';
import type { AdapterMethod } from './method';
import { matchTargets, modulePath } from './targets';
import type { LoraPlacement } from './types';

type LoraAdapter = Extract<Adapter, { type: 'lora' }>;

/** The factor s of the update. */
export function loraScale({ rank, alpha, use_rslora }: LoraAdapter): number {
  const numerator = alpha ?? 16;
  return numerator / (use_rslora ? Math.sqrt(rank) : rank);
}

/** Names of A and B in a PEFT folder, for the adapted weight's name in the checkpoint. */
export function loraNames(weight: string): { a: string; b: string } {
  const path = `base_model.model.${modulePath(weight)}`;
  return { a: `${path}.lora_A.weight`, b: `${path}.lora_B.weight` };
}

export const lora: AdapterMethod = {
  type: 'lora',
  unsupported({ use_dora, dropout, targets }: LoraAdapter) {
    if (use_dora) return '`use_dora`';
    if (dropout) return 'LoRA `dropout` above 0';
    if (targets.includes('patch_embedding')) return 'LoRA on `patch_embedding`';
    return undefined;
  },
  matches: ({ targets }: LoraAdapter, parameters) => matchTargets(targets, parameters).filter(isLinear),
  place(name, adapter: LoraAdapter, parameters): LoraPlacement[] {
    const scale = loraScale(adapter);
    return lora
      .matches(adapter, parameters)
      .map((target) => ({ type: 'lora', adapter: name, target, rank: adapter.rank, scale }));
  },
  tensors({ target, rank }) {
    const [out, into] = target.shape as [number, number];
    const { a, b } = loraNames(target.name);
    return [
      { name: a, shape: [rank, into], decay: true },
      { name: b, shape: [out, rank], decay: true },
    ];
  },
};

/** A convolution's weight has four dimensions. */
function isLinear({ shape }: Parameter): boolean {
  return shape.length === 2;
}
