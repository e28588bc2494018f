/** The tensors of BLIP's parts and what each is. Source: transformers `modeling_blip.py`, `modeling_blip_text.py`. */
import type { Component, Kind, Parameter, Role } from '../types';
import type { BlipTextConfig, BlipVisionConfig } from './config';

/** A module's tensors before their component is known. */
export type Place = Omit<Parameter, 'name' | 'component'>;

const single = (canonical: string, kind: Kind, part: Place['part'], shape: number[]): Place => ({
  canonical,
  kind,
  part,
  shape,
});

/** Weight [out, in] (or a convolution's [out, channels, height, width]) and bias [out]. */
function linear(
  path: string,
  kind: Kind,
  shape: number[],
  layer?: number,
  role?: Role,
  site?: Parameter['site'],
): Place[] {
  const common = { kind, ...(layer === undefined ? {} : { layer }), ...(role === undefined ? {} : { role }) };
  return [
    { canonical: `${path}.weight`, part: 'weight', shape, ...common, ...(site && { site }) },
    { canonical: `${path}.bias`, part: 'bias', shape: [shape[0]!], ...common },
  ];
}

/** The site after a sublayer. */
const output = (path: string): Parameter['site'] => ({ kind: 'output', path });

/** Gain and bias, [size] each. */
function layerNorm(path: string, size: number, layer?: number): Place[] {
  return linear(path, 'layernorm', [size], layer);
}

/** The ViT. */
export function visionPlaces(config: BlipVisionConfig): Place[] {
  const { hiddenSize: d, intermediateSize: f, patchSize: p } = config;
  const positions = (config.imageSize / p) ** 2 + 1;
  const places = [
    single('vision_model.embeddings.class_embedding', 'embeddings', 'weight', [1, 1, d]),
    single('vision_model.embeddings.position_embedding', 'embeddings', 'weight', [1, positions, d]),
    ...linear('vision_model.embeddings.patch_embedding', 'embeddings', [d, 3, p, p], undefined, 'patch_embedding'),
  ];
  for (let layer = 0; layer < config.layers; layer++) {
    const at = `vision_model.encoder.layers.${layer}`;
    places.push(
      ...linear(`${at}.self_attn.qkv`, 'attention', [3 * d, d], layer, 'query_key_value'),
      ...linear(
        `${at}.self_attn.projection`,
        'attention',
        [d, d],
        layer,
        'attention_output',
        output(`${at}.self_attn`),
      ),
      ...layerNorm(`${at}.layer_norm1`, d, layer),
      ...linear(`${at}.mlp.fc1`, 'ffn', [f, d], layer, 'ffn_input'),
      ...linear(`${at}.mlp.fc2`, 'ffn', [d, f], layer, 'ffn_output', output(`${at}.mlp`)),
      ...layerNorm(`${at}.layer_norm2`, d, layer),
    );
  }
  return [...places, ...layerNorm('vision_model.post_layernorm', d)];
}

/** One of a BERT layer's attentions; `from` is the width of what keys and values are made of. Adapters and prefixes stand in self-attention only. */
function attentionPlaces(at: string, d: number, from: number, layer: number, self?: { heads: number }): Place[] {
  const keys: Parameter['site'] = self ? { kind: 'keysValues', path: `${at}.self`, heads: self.heads } : undefined;
  const after = self ? output(`${at}.output`) : undefined;
  return [
    ...linear(`${at}.self.query`, 'attention', [d, d], layer, 'query'),
    ...linear(`${at}.self.key`, 'attention', [d, from], layer, 'key', keys),
    ...linear(`${at}.self.value`, 'attention', [d, from], layer, 'value'),
    ...linear(`${at}.output.dense`, 'attention', [d, d], layer, 'attention_output', after),
    ...layerNorm(`${at}.output.LayerNorm`, d, layer),
  ];
}

/** A BERT, with cross-attention in each layer. */
export function bertPlaces(root: string, config: BlipTextConfig, decoder: boolean): Place[] {
  const { hiddenSize: d, intermediateSize: f, heads } = config;
  const words = `${root}.embeddings.word_embeddings`;
  const prompted: Parameter['site'] = { kind: 'embeddings', path: words, heads };
  const places: Place[] = [
    { ...single(`${words}.weight`, 'embeddings', 'weight', [config.vocabSize, d]), ...(decoder && { site: prompted }) },
    single(`${root}.embeddings.position_embeddings.weight`, 'embeddings', 'weight', [config.maxPositions, d]),
    ...layerNorm(`${root}.embeddings.LayerNorm`, d),
  ];
  for (let layer = 0; layer < config.layers; layer++) {
    const at = `${root}.encoder.layer.${layer}`;
    places.push(
      ...attentionPlaces(`${at}.attention`, d, d, layer, { heads }),
      ...attentionPlaces(`${at}.crossattention`, d, config.encoderHiddenSize, layer),
      ...linear(`${at}.intermediate.dense`, 'ffn', [f, d], layer, 'ffn_input'),
      ...linear(`${at}.output.dense`, 'ffn', [d, f], layer, 'ffn_output', output(`${at}.output`)),
      ...layerNorm(`${at}.output.LayerNorm`, d, layer),
    );
  }
  return places;
}

/** The LM head without its matrix, which is the decoder's word embeddings. */
export function headPlaces(config: BlipTextConfig): Place[] {
  const { hiddenSize: d, vocabSize } = config;
  const at = 'text_decoder.cls.predictions';
  return [
    single(`${at}.bias`, 'head', 'bias', [vocabSize]),
    ...linear(`${at}.transform.dense`, 'head', [d, d]),
    ...layerNorm(`${at}.transform.LayerNorm`, d),
  ];
}

/** The parameters of a component, under the names that Hugging Face gives them. */
export function inComponent(component: Component, places: readonly Place[]): Parameter[] {
  return places.map((place) => ({ name: place.canonical, component, ...place }));
}

/** The LM head's matrix is the decoder's word embedding, its bias stands above it. Source: transformers `_tied_weights_keys`. */
export const ties: Readonly<Record<string, string>> = {
  'text_decoder.cls.predictions.decoder.weight': 'text_decoder.bert.embeddings.word_embeddings.weight',
  'text_decoder.cls.predictions.decoder.bias': 'text_decoder.cls.predictions.bias',
};

/** Buffers, and the LM head's matrix and bias under the names that tie them to other tensors. */
export function isBlipExtra(name: string): boolean {
  return /\.position_ids$/.test(name) || name in ties;
}
