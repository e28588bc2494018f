/**
 * LLaVA and LLaVA-Med: CLIP's vision tower, a projector of two layers, a Mistral or LLaMA language model. Reads Hugging Face's `LlavaForConditionalGeneration` in all its
 * layouts, and LLaVA's own (`LlavaMistralForCausalLM`, `LlavaLlamaForCausalLM`).
 */
import { refuseOtherClass } from './config_reader';
import { type Family, placeNames } from './family';
import { withVisionImageSize } from './image_size';
import { parseLlavaConfig } from './llava/config';
import { llavaModel, rehearseLlava } from './llava/model';
import { isBuffer, namings } from './llava/names';
import { llavaPlaces, withoutGradient } from './llava/places';
import { imageLength } from './llava/projector';
import type { Parameter } from './types';

const classes = ['LlavaForConditionalGeneration', 'LlavaMistralForCausalLM', 'LlavaLlamaForCausalLM'];

function llavaParameters(json: unknown): Parameter[] {
  refuseOtherClass(json, classes, /^llava(_mistral|_llama)?$/);
  const name = namings[0]!;
  return llavaPlaces(parseLlavaConfig(json)).map((place) => ({ name: name(place.canonical), ...place }));
}

/** With tied embeddings, the LM head's matrix under any of the layouts. */
const headNames = new Set(namings.map((naming) => naming('lm_head.weight')));
const embeddings = 'model.language_model.embed_tokens.weight';

export const llava: Family = {
  id: 'llava',
  title: 'LLaVA / LLaVA-Med',
  components: ['vision_encoder', 'projector', 'language_model'],
  textComponents: ['language_model'],
  parameters: llavaParameters,
  place(config, names) {
    const { tied } = parseLlavaConfig(config).text;
    return placeNames(
      llavaParameters(config),
      names,
      namings,
      (name) => isBuffer(name) || (tied && headNames.has(name)),
    );
  },
  originalOf: (extra) => (headNames.has(extra) ? embeddings : undefined),
  images(config) {
    const { vision, imageFit } = parseLlavaConfig(config);
    return { size: vision.imageSize, patchSize: vision.patchSize, fit: imageFit };
  },
  joinsViews: true,
  atImageSize: withVisionImageSize,
  withoutGradient: (config, parameter) => withoutGradient(parseLlavaConfig(config), parameter),
  reading(config) {
    const parsed = parseLlavaConfig(config);
    const { vocabSize, bosTokenId, eosTokenIds, padTokenId } = parsed.text;
    const image = { tokenId: parsed.imageTokenId, length: imageLength(parsed) };
    const template = parsed.text.type === 'mistral' ? 'mistral_instruct' : 'vicuna_v1';
    return { kind: 'chat', template, vocabSize, bosTokenId, eosTokenIds, padTokenId, image };
  },
  rehearse: (config, batch, trainable, adaptations) =>
    rehearseLlava(parseLlavaConfig(config), batch, trainable, adaptations),
  open: (config, loaded) => llavaModel(parseLlavaConfig(config), loaded),
};
