/** What is measured: methods as the spec writes them, on BLIP-VQA base. */
import type { MethodSettings } from '../runner/methods/select';
import type { ModelSize } from './random_model';

/** Salesforce/blip-vqa-base, but for its values. */
export const blipBase: ModelSize = {
  imageSize: 384,
  patchSize: 16,
  hiddenSize: 768,
  heads: 12,
  visionLayers: 12,
  textLayers: 12,
  vocabulary: 30524,
};

/** Tokens of every question and answer of a row: about what VQA-RAD's have, [CLS] and [SEP] included. */
export const lengths = { question: 14, answer: 4 };

const everywhere = (name: string) => ({ vision_encoder: [name], text_encoder: [name], text_decoder: [name] });
const text = (name: string) => ({ text_encoder: [name], text_decoder: [name] });

/** pytorch.py knows the same names. */
export const methods: Readonly<Record<string, MethodSettings>> = {
  layernorm: of(everywhere('norms')),
  'layernorm (text)': of(text('norms')),
  attention: of(everywhere('attention')),
  'lora (text)': of(text('lora')),
  'lora (all)': of(everywhere('lora')),
  prefix: of({ text_decoder: ['prefix'] }),
  full: of(everywhere('all')),
};

function of(components: MethodSettings['method']['components']): MethodSettings {
  return {
    method: { components },
    parameterGroups: { norms: { kind: 'layernorm' }, attention: { kind: 'attention' } },
    adapters: {
      lora: { type: 'lora', rank: 8, alpha: 16, targets: ['query', 'value', 'query_key_value'] },
      prefix: { type: 'prefix', num_virtual_tokens: 10 },
    },
  };
}

/** One question: the number of its image, its tokens and its answer's. */
export interface Item {
  image: number;
  question: number[];
  answer: number[];
}
