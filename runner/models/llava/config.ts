/** config.json of LLaVA: Hugging Face's LlavaConfig, or that of LLaVA and LLaVA-Med themselves (`mm_*` keys). */
import { reader, section, unusable } from '../config_reader';
import { type LlamaConfig, parseLlamaConfig } from '../llama/config';
import type { ImageFit } from '../reading';
import type { activations } from './clip';

/** Source: transformers `configuration_clip.py`, CLIPVisionConfig. */
export interface ClipVisionConfig {
  hiddenSize: number;
  intermediateSize: number;
  layers: number;
  heads: number;
  imageSize: number;
  patchSize: number;
  layerNormEps: number;
  activation: keyof typeof activations;
}

export interface LlavaConfig {
  vision: ClipVisionConfig;
  text: LlamaConfig;
  /** How many layers of the vision tower are run: what the last of them gives is what the projector sees. */
  visionLayers: number;
  /** Whether the class token goes to the projector, too. */
  selectsClass: boolean;
  projectorBias: boolean;
  /** Stands in a text for each vector of an image. LLaVA's own code has none in its vocabulary: then it is -200, as there. */
  imageTokenId: number;
  imageFit: ImageFit;
  /** LLaVA's own code runs the tower without gradients. */
  towerWithoutGradient: boolean;
}

/** The towers that LLaVA's own config.json only names. Source: their config.json on the Hugging Face hub. */
const large = {
  hidden_size: 1024,
  intermediate_size: 4096,
  num_hidden_layers: 24,
  num_attention_heads: 16,
  patch_size: 14,
};
const towers: Readonly<Record<string, Record<string, unknown>>> = {
  'openai/clip-vit-large-patch14-336': { ...large, image_size: 336 },
  'openai/clip-vit-large-patch14': { ...large, image_size: 224 },
};

/** @throws MP3005 if a value has the wrong type, sizes do not divide, or the network would be another than LLaVA's. */
export function parseLlavaConfig(json: unknown, file = 'config.json'): LlavaConfig {
  const root = section(json, 'config.json', file);
  return 'mm_vision_tower' in root || 'mm_projector_type' in root ? parseOriginal(root, file) : parseHf(root, file);
}

/** Source: transformers `configuration_llava.py`. */
function parseHf(root: Record<string, unknown>, file: string): LlavaConfig {
  const values = reader(root, 'config.json', file);
  values.only('projector_hidden_act', 'gelu');
  const text = section(root.text_config ?? {}, 'text_config', file);
  const vision = parseVision(section(root.vision_config ?? {}, 'vision_config', file), file);
  // HF writes only what differs from the class's defaults, and this one may stand outside.
  const tied = text.tie_word_embeddings ?? root.tie_word_embeddings;
  return {
    vision,
    text: parseLlamaConfig(
      { ...text, ...(tied === undefined ? {} : { tie_word_embeddings: tied }) },
      'text_config',
      file,
    ),
    visionLayers: layersUpTo(root.vision_feature_layer ?? -2, vision.layers, 'vision_feature_layer', file),
    selectsClass: oneOf(root, 'vision_feature_select_strategy', { default: false, full: true }, 'default', file),
    projectorBias: values.truth('multimodal_projector_bias', true),
    imageTokenId: values.number(root.image_token_id === undefined ? 'image_token_index' : 'image_token_id', 32000),
    imageFit: 'crop',
    towerWithoutGradient: false,
  };
}

/** Source: haotian-liu/LLaVA `llava/model/{llava_arch,multimodal_encoder,multimodal_projector}`, microsoft/LLaVA-Med alike. */
function parseOriginal(root: Record<string, unknown>, file: string): LlavaConfig {
  const name = String(root.mm_vision_tower ?? '');
  const known = Object.entries(towers).find(
    ([tower]) => name === tower || name.endsWith(`/${tower.split('/')[1]}`),
  )?.[1];
  if (!known && root.vision_config === undefined)
    throw unusable(
      file,
      'config.json',
      `mm_vision_tower is ${JSON.stringify(name)}, whose sizes are not known; add vision_config, from that tower's own config.json`,
    );
  const vision = parseVision({ ...known, ...section(root.vision_config ?? {}, 'vision_config', file) }, file);
  const values = reader(root, 'config.json', file);
  values.only('mm_projector_type', 'mlp2x_gelu');
  values.only('mm_use_im_start_end', false);
  values.only('mm_use_im_patch_token', false);
  return {
    vision,
    text: parseLlamaConfig(root, 'config.json', file),
    visionLayers: layersUpTo(root.mm_vision_select_layer ?? -2, vision.layers, 'mm_vision_select_layer', file),
    selectsClass: oneOf(root, 'mm_vision_select_feature', { patch: false, cls_patch: true }, 'patch', file),
    projectorBias: true,
    imageTokenId: -200,
    imageFit: oneOf(root, 'image_aspect_ratio', { pad: 'pad', square: 'crop' }, 'square', file),
    towerWithoutGradient: true,
  };
}

function parseVision(values: Record<string, unknown>, file: string): ClipVisionConfig {
  const type = values.model_type ?? 'clip_vision_model';
  if (type !== 'clip_vision_model')
    throw unusable(file, 'vision_config', `model_type is ${JSON.stringify(type)}; only clip_vision_model is computed`);
  const vision = reader(values, 'vision_config', file);
  vision.only('attention_dropout', 0);
  const config: ClipVisionConfig = {
    hiddenSize: vision.count('hidden_size', 1024),
    intermediateSize: vision.count('intermediate_size', 4096),
    layers: vision.count('num_hidden_layers', 24),
    heads: vision.count('num_attention_heads', 16),
    imageSize: vision.count('image_size', 336),
    patchSize: vision.count('patch_size', 14),
    layerNormEps: vision.number('layer_norm_eps', 1e-5),
    activation: oneOf(
      values,
      'hidden_act',
      { quick_gelu: 'quick_gelu', gelu: 'gelu', gelu_new: 'gelu_new', gelu_pytorch_tanh: 'gelu_pytorch_tanh' },
      'quick_gelu',
      file,
    ),
  };
  if (config.hiddenSize % config.heads)
    throw unusable(file, 'vision_config', 'hidden_size is not a multiple of num_attention_heads');
  if (config.imageSize % config.patchSize)
    throw unusable(file, 'vision_config', 'image_size is not a multiple of patch_size');
  return config;
}

/** Index of a hidden state, counted from the end if negative; 0 stands before the first layer. */
function layersUpTo(index: unknown, layers: number, key: string, file: string): number {
  const count = typeof index === 'number' && index < 0 ? layers + 1 + index : index;
  if (typeof count === 'number' && Number.isInteger(count) && count >= 0 && count <= layers) return count;
  throw unusable(file, 'config.json', `${key} is ${JSON.stringify(index)}, not one of the ${layers + 1} hidden states`);
}

function oneOf<T extends string | boolean>(
  values: Record<string, unknown>,
  key: string,
  known: Readonly<Record<string, T>>,
  fallback: string,
  file: string,
): T {
  const value = String(values[key] ?? fallback);
  if (Object.hasOwn(known, value)) return known[value]!;
  throw unusable(file, key, `it is "${value}"; computed are ${Object.keys(known).join(', ')}`);
}
