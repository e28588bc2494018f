/**
 * MISS (Chen et al. 2024) and the original BLIP VQA code: the network of `blip_vqa` under the names of `models/vit.py` and
 * `models/med.py` (`visual_encoder.blocks.N.attn.qkv` …). Files that use Hugging Face names are accepted too.
 */
import { parseBlipConfig } from './blip/config';
import { isBlipExtra } from './blip/places';
import { blipVqaNetwork, blipVqaParameters } from './blip_vqa';
import { type Family, placeNames } from './family';

/** Hugging Face vision names -> timm-style names of the original code; text names are the same in both. */
const vision: readonly [RegExp, string][] = [
  [/^vision_model\.embeddings\.class_embedding$/, 'visual_encoder.cls_token'],
  [/^vision_model\.embeddings\.position_embedding$/, 'visual_encoder.pos_embed'],
  [/^vision_model\.embeddings\.patch_embedding\./, 'visual_encoder.patch_embed.proj.'],
  [/^vision_model\.post_layernorm\./, 'visual_encoder.norm.'],
  [/^vision_model\.encoder\.layers\.(\d+)\.self_attn\.qkv\./, 'visual_encoder.blocks.$1.attn.qkv.'],
  [/^vision_model\.encoder\.layers\.(\d+)\.self_attn\.projection\./, 'visual_encoder.blocks.$1.attn.proj.'],
  [/^vision_model\.encoder\.layers\.(\d+)\.layer_norm([12])\./, 'visual_encoder.blocks.$1.norm$2.'],
  [/^vision_model\.encoder\.layers\.(\d+)\.mlp\./, 'visual_encoder.blocks.$1.mlp.'],
];

/** MISS's name of a tensor that Hugging Face calls `canonical`. */
export function missName(canonical: string): string {
  const rule = vision.find(([pattern]) => pattern.test(canonical));
  return rule ? canonical.replace(rule[0], rule[1]) : canonical;
}

export const miss: Family = {
  ...blipVqaNetwork,
  id: 'miss',
  title: 'MISS / original BLIP VQA',
  parameters: (config) =>
    blipVqaParameters(config).map((parameter) => ({ ...parameter, name: missName(parameter.canonical) })),
  place: (config, names) =>
    placeNames(miss.parameters(config), names, [missName, (canonical) => canonical], isBlipExtra),
  reading: (config) => ({ kind: 'question_and_answer', start: '[ENC]', ...parseBlipConfig(config).text }),
};
