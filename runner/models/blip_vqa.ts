/**
 * `BlipForQuestionAnswering` (Hugging Face): ViT with fused query-key-value, BERT question encoder and BERT answer decoder, both with
 * cross-attention to the image; the LM head's matrix is tied to the decoder's word embeddings.
 * Names and shapes after transformers `modeling_blip.py` and `modeling_blip_text.py`.
 */
import { parseBlipConfig } from './blip/config';
import { blipModel } from './blip/model';
import { bertPlaces, headPlaces, inComponent, isBlipExtra, ties, visionPlaces } from './blip/places';
import { rehearseBlip } from './blip/rehearsal';
import { refuseOtherClass } from './config_reader';
import { type Family, placeNames } from './family';
import { withVisionImageSize } from './image_size';
import type { Parameter } from './types';

/** Every parameter of the network, in the order of the reference implementation; `name` is the Hugging Face name. */
export function blipVqaParameters(json: unknown): Parameter[] {
  const { vision, text } = parseBlipConfig(json);
  const hint = 'a MISS checkpoint takes the config.json of BlipForQuestionAnswering';
  refuseOtherClass(json, ['BlipForQuestionAnswering'], /^blip$/, hint);
  return [
    ...inComponent('vision_encoder', visionPlaces(vision)),
    ...inComponent('text_encoder', bertPlaces('text_encoder', text, false)),
    ...inComponent('text_decoder', [...bertPlaces('text_decoder.bert', text, true), ...headPlaces(text)]),
  ];
}

/** What blip_vqa and miss share: everything but the names in the files and the first token of a question. */
export const blipVqaNetwork: Pick<
  Family,
  | 'components'
  | 'textComponents'
  | 'originalOf'
  | 'images'
  | 'joinsViews'
  | 'atImageSize'
  | 'withoutGradient'
  | 'rehearse'
  | 'open'
> = {
  components: ['vision_encoder', 'text_encoder', 'text_decoder'],
  textComponents: ['text_encoder', 'text_decoder'],
  originalOf: (extra) => ties[extra],
  images(config) {
    const { imageSize, patchSize } = parseBlipConfig(config).vision;
    return { size: imageSize, patchSize, fit: 'squash' };
  },
  joinsViews: true,
  atImageSize: withVisionImageSize,
  withoutGradient: () => undefined,
  rehearse: (config, batch, trainable, adaptations) =>
    rehearseBlip(batch, trainable, { config: parseBlipConfig(config), hasEncoder: true, adaptations }),
  open: (config, loaded) => blipModel(parseBlipConfig(config), loaded, true),
};

export const blipVqa: Family = {
  ...blipVqaNetwork,
  id: 'blip_vqa',
  title: 'BlipForQuestionAnswering',
  parameters: blipVqaParameters,
  place: (config, names) => placeNames(blipVqaParameters(config), names, [(canonical) => canonical], isBlipExtra),
  reading: (config) => ({ kind: 'question_and_answer', start: '[CLS]', ...parseBlipConfig(config).text }),
};
