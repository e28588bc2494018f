/**
 * `BlipForConditionalGeneration` (Hugging Face): the ViT and a BERT decoder that looks at the image and goes on with a prompt. There is no text encoder, and the decoder's
 * width may differ from the ViT's. Names and shapes after transformers `modeling_blip.py`.
 */
import { parseBlipConfig } from './blip/config';
import { blipModel } from './blip/model';
import { bertPlaces, headPlaces, inComponent, isBlipExtra, visionPlaces } from './blip/places';
import { rehearseBlip } from './blip/rehearsal';
import { blipVqaNetwork } from './blip_vqa';
import { refuseOtherClass } from './config_reader';
import { type Family, placeNames } from './family';
import type { Parameter } from './types';

function blipCaptionParameters(json: unknown): Parameter[] {
  const { vision, text } = parseBlipConfig(json);
  refuseOtherClass(json, ['BlipForConditionalGeneration'], /^blip$/);
  return [
    ...inComponent('vision_encoder', visionPlaces(vision)),
    ...inComponent('text_decoder', [...bertPlaces('text_decoder.bert', text, true), ...headPlaces(text)]),
  ];
}

/**
 * What the reference's `generate` makes of a tokenised prompt: the start token in place of the first token ([CLS]), and no last token ([SEP]), so that the prompt is
 * gone on with. Source: transformers `BlipForConditionalGeneration.generate`.
 */
export function captionPrompt(ids: readonly number[], startId: number): number[] {
  return [startId, ...ids.slice(1, -1)];
}

export const blipCaption: Family = {
  ...blipVqaNetwork,
  id: 'blip_caption',
  title: 'BlipForConditionalGeneration',
  components: ['vision_encoder', 'text_decoder'],
  textComponents: ['text_decoder'],
  parameters: blipCaptionParameters,
  place: (config, names) => placeNames(blipCaptionParameters(config), names, [(canonical) => canonical], isBlipExtra),
  reading: (config) => ({ kind: 'caption', ...parseBlipConfig(config).text }),
  rehearse: (config, batch, trainable, adaptations) =>
    rehearseBlip(batch, trainable, { config: parseBlipConfig(config), hasEncoder: false, adaptations }),
  open: (config, loaded) => blipModel(parseBlipConfig(config), loaded, false),
};
