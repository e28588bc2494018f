/**
 * LayerNorm tuning as Hugging Face peft stores it: whole copies of the tuned LayerNorms and RMSNorms under `ln_tuning_layers`. Here they are a parameter group; a
 * gain or bias that was not tuned is stored as the base has it.
 */
import type { TensorToWrite } from '../models/safetensors';
import type { Parameter } from '../models/types';
import { exactly, misfit, type PeftForm, type PeftSource, peftRoot } from './peft';
import { modulePath } from './targets';

/** Whether all of a group's tensors are LayerNorms', so that peft has a form for it. */
export function isLnTuning(tuned: readonly Parameter[]): boolean {
  return tuned.length > 0 && tuned.every(({ kind }) => kind === 'layernorm');
}

/** @param value of a base tensor by its name in the checkpoint, as tuned */
export function saveLnTuning(
  tuned: readonly Parameter[],
  parameters: readonly Parameter[],
  value: (name: string) => Float32Array,
): { config: Record<string, unknown>; tensors: Map<string, TensorToWrite> } {
  const modules = [...new Set(tuned.map(({ canonical }) => modulePath(canonical)))];
  const whole = parameters.filter(({ canonical }) => modules.includes(modulePath(canonical)));
  return {
    config: { target_modules: modules },
    tensors: new Map(
      whole.map(({ name, canonical, part, shape }) => [
        `${peftRoot}${modulePath(canonical)}.ln_tuning_layers.${part}`,
        { shape, data: value(name) },
      ]),
    ),
  };
}

export const lnTuning: Pick<PeftForm, 'type' | 'read'> = {
  type: 'LN_TUNING',
  read({ folder, header, parameter }: PeftSource) {
    const names = new Map<string, string>();
    const targets: Parameter[] = [];
    for (const stored of header.tensors.keys()) {
      const match = /^base_model\.model\.(.+)\.ln_tuning_layers\.(weight|bias)$/.exec(stored);
      if (!match) throw misfit(folder, `${stored} is no tuned LayerNorm's`, stored);
      const target = parameter(match[1]!, match[2] as 'weight' | 'bias');
      targets.push(target);
      names.set(stored, target.name);
    }
    return { part: { group: { pattern: exactly(targets.map(({ name }) => name)) } }, targets, names };
  },
};
