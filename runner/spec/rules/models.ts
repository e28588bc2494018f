/** Settings of models that their family makes no use of: a setting that does nothing misleads. */
import { findFamily } from '../../models/families';
import type { Rule } from './rule';

/** Only a language model that reads question and answer in one text has a prompt to make; only a model that sees has images to prepare. */
export const modelSettingsAreUsed: Rule = ({ spec, report }) => {
  for (const [name, model] of Object.entries(spec.models ?? {})) {
    const components = findFamily(model.family)?.components;
    if (!components) continue;
    const unused = [
      ...(components.includes('language_model') ? [] : (['prompt_template'] as const)),
      ...(components.includes('vision_encoder') ? [] : (['image_size', 'normalization'] as const)),
    ];
    for (const key of unused)
      if (model[key] !== undefined)
        report({
          code: 'MP1005',
          path: ['models', name, key],
          at: 'key',
          message: `a model of the family ${model.family} makes no use of ${key}`,
          hint: 'remove it',
        });
  }
};
