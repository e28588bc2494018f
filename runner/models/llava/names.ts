/**
 * The layouts in which LLaVA's tensors are published. Canonical are the names inside transformers 5 (`model.language_model.layers…`); tensors of one file may follow any
 * of the layouts.
 */
import type { Naming } from '../family';

/** Replaces the first prefix that fits. */
const naming =
  (rules: readonly (readonly [RegExp, string])[]): Naming =>
  (canonical) => {
    const rule = rules.find(([pattern]) => pattern.test(canonical));
    return rule ? canonical.replace(rule[0], rule[1]) : canonical;
  };

const older = [
  [/^model\.multi_modal_projector\./, 'multi_modal_projector.'],
  [/^model\.language_model\./, 'language_model.model.'],
  [/^lm_head\./, 'language_model.lm_head.'],
] as const;

/** In the order in which they are tried. */
export const namings: readonly Naming[] = [
  // transformers 5 as it saves: the tower without `vision_model.`
  naming([[/^model\.vision_tower\./, 'vision_tower.'], ...older]),
  // llava-1.5-hf as published (before 4.52)
  naming([[/^model\.vision_tower\./, 'vision_tower.vision_model.'], ...older]),
  // transformers 4.52 to 4.5x
  naming([[/^model\.vision_tower\./, 'model.vision_tower.vision_model.']]),
  // LLaVA's and LLaVA-Med's own code
  naming([
    [/^model\.vision_tower\./, 'model.vision_tower.vision_tower.vision_model.'],
    [/^model\.multi_modal_projector\.linear_1\./, 'model.mm_projector.0.'],
    [/^model\.multi_modal_projector\.linear_2\./, 'model.mm_projector.2.'],
    [/^model\.language_model\./, 'model.'],
  ]),
  (canonical) => canonical,
];

/** Buffers that older files hold. */
export function isBuffer(name: string): boolean {
  return /\.(position_ids|rotary_emb\.inv_freq)$/.test(name);
}
