/** LoRA, rsLoRA and DoRA as Hugging Face peft stores them, and merged into their layers. */
import type { Adapter } from '../../schemas/generated/spec';
import type { Parameter } from '../models/types';
import type { MergeSource } from './method';
import {
  exactly,
  misfit,
  modulesOf,
  type PeftForm,
  type PeftSource,
  peftRoot,
  refuseSettings,
  savedInPlace,
  unreadable,
} from './peft';
import { matrixShape, modulePath } from './targets';
import type { Placement } from './types';

type LoraAdapter = Extract<Adapter, { type: 'lora' }>;

/** The factor s of the update. */
export function loraScale({ rank, alpha, use_rslora }: LoraAdapter): number {
  const numerator = alpha ?? 16;
  return numerator / (use_rslora ? Math.sqrt(rank) : rank);
}

/** Settings that change what is computed and are not computed here. */
const uncomputed = [
  'rank_pattern',
  'alpha_pattern',
  'fan_in_fan_out',
  'lora_bias',
  'modules_to_save',
  'layer_replication',
  'target_parameters',
  'trainable_token_indices',
  'alora_invocation_tokens',
  'arrow_config',
  'kasa_config',
  'monteclora_config',
  'velora_config',
  'use_bdlora',
  'use_qalora',
];
/** First values that peft takes out of the base weights, which the folder does not hold. */
const changesBase = /^(pissa|olora|corda|loftq)/;

export const loraPeft: PeftForm = {
  type: 'LORA',
  config: ({ rank, alpha, dropout, use_rslora, use_dora }: LoraAdapter, placements) => ({
    task_type: null,
    r: rank,
    lora_alpha: alpha ?? 16,
    lora_dropout: dropout ?? 0,
    use_rslora: use_rslora ?? false,
    use_dora: use_dora ?? false,
    bias: 'none',
    fan_in_fan_out: false,
    init_lora_weights: true,
    target_modules: modulesOf(placements),
  }),
  // peft's module keeps the magnitude in a layer of its own, and leaves that layer's `.weight` out of the file.
  save: (placements, value) =>
    savedInPlace(placements, value, (place) =>
      place.replace(/\.lora_magnitude_vector\.weight$/, '.lora_magnitude_vector'),
    ),
  read(source) {
    const { config, header, folder, parameter } = source;
    refuseSettings(source, uncomputed);
    if (config.bias !== undefined && config.bias !== 'none')
      throw unreadable(folder, `\`bias\` ${config.bias}`, 'bias');
    if (changesBase.test(String(config.init_lora_weights)))
      throw unreadable(folder, `\`init_lora_weights\` ${config.init_lora_weights}`, 'init_lora_weights');
    const names = new Map<string, string>();
    const targets = new Map<string, Parameter>();
    for (const stored of header.tensors.keys()) {
      const match = /^base_model\.model\.(.+)\.(lora_A|lora_B|lora_magnitude_vector)(\.weight)?$/.exec(stored);
      if (!match) throw misfit(folder, `${stored} is no part of LoRA`, stored);
      const target = parameter(match[1]!, 'weight');
      targets.set(target.name, target);
      names.set(stored, `${peftRoot}${modulePath(target.name)}.${match[2]}.weight`);
    }
    const adapter: LoraAdapter = {
      type: 'lora',
      rank: rankOf(source),
      alpha: Number(config.lora_alpha),
      use_rslora: config.use_rslora === true,
      use_dora: config.use_dora === true,
      targets: [exactly([...targets.keys()].map(modulePath))],
    };
    return { part: { adapter }, targets: [...targets.values()], names };
  },
};

function rankOf({ config, folder, header }: PeftSource): number {
  const ranks = [...header.tensors].filter(([name]) => name.includes('.lora_A')).map(([, { shape }]) => shape[0]);
  if (ranks.length > 0 && ranks.every((rank) => rank === config.r)) return Number(config.r);
  throw misfit(folder, `its rank is ${config.r}, its tensors have ${[...new Set(ranks)].join(', ') || 'none'}`);
}

/** W + s · B A, and with a magnitude m, row by row (m / ‖W + s · B A‖) times that; summed in float64. */
export function mergeLora(placement: Placement, adapter: LoraAdapter, { value, base }: MergeSource) {
  const [target] = placement.targets as [Parameter];
  const [out, into] = matrixShape(target);
  const [a, b, magnitude] = placement.tensors.map(({ name }) => value(name));
  const scale = loraScale(adapter);
  const merged = Float64Array.from(base(target.name)!);
  for (let row = 0; row < out; row++) {
    const own = merged.subarray(row * into, (row + 1) * into);
    for (let k = 0; k < adapter.rank; k++) {
      const factor = scale * b![row * adapter.rank + k]!;
      for (let column = 0; column < into; column++) own[column]! += factor * a![k * into + column]!;
    }
    if (!magnitude) continue;
    const ratio = magnitude[row]! / Math.sqrt(own.reduce((sum, x) => sum + x * x, 0));
    for (let column = 0; column < into; column++) own[column]! *= ratio;
  }
  return new Map([[target.name, Float32Array.from(merged)]]);
}
