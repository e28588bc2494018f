/** A LLaMA-like language model alone: `LlamaForCausalLM`, `MistralForCausalLM`. It sees no images. */
import { refuseOtherClass } from './config_reader';
import { type Family, placeNames } from './family';
import { parseLlamaConfig } from './llama/config';
import { llamaModel } from './llama/model';
import { llamaPlaces } from './llama/places';
import { rehearseLlama } from './llama/rehearsal';
import { isBuffer } from './llava/names';
import type { Parameter } from './types';

const classes: Readonly<Record<string, string>> = { LlamaForCausalLM: 'llama', MistralForCausalLM: 'mistral' };
const root = 'model.';

function parse(json: unknown) {
  const { architectures, model_type: type } = json as { architectures?: unknown; model_type?: unknown };
  refuseOtherClass(json, Object.keys(classes), /^(llama|mistral)$/);
  const kind = Array.isArray(architectures) && architectures.length > 0 ? classes[String(architectures[0])] : type;
  return parseLlamaConfig({ ...(json as Record<string, unknown>), model_type: kind }, 'config.json');
}

function llamaParameters(json: unknown): Parameter[] {
  return llamaPlaces(parse(json), root).map((place) => ({ name: place.canonical, ...place }));
}

export const llama: Family = {
  id: 'llama',
  title: 'LLaMA / Mistral',
  components: ['language_model'],
  textComponents: ['language_model'],
  parameters: llamaParameters,
  place: (config, names) =>
    placeNames(
      llamaParameters(config),
      names,
      [(canonical) => canonical],
      (name) => isBuffer(name) || (parse(config).tied && name === 'lm_head.weight'),
    ),
  originalOf: (extra) => (extra === 'lm_head.weight' ? `${root}embed_tokens.weight` : undefined),
  images: () => undefined,
  atImageSize: (config) => config,
  withoutGradient: () => undefined,
  reading(config) {
    const { vocabSize, bosTokenId, eosTokenIds, padTokenId } = parse(config);
    return { kind: 'chat', template: 'plain', vocabSize, bosTokenId, eosTokenIds, padTokenId };
  },
  rehearse: (config, batch, trainable, adaptations) =>
    rehearseLlama(batch, trainable, { config: parse(config), root, adaptations }),
  open: (config, loaded) => llamaModel(parse(config), root, loaded),
};
