/** config.json of the BLIP models, in Hugging Face's words; what is absent has the default of HF's classes. */
import { reader, section, unusable } from '../config_reader';

/** Source: transformers `configuration_blip.py`, BlipVisionConfig. */
export interface BlipVisionConfig {
  hiddenSize: number;
  intermediateSize: number;
  layers: number;
  heads: number;
  imageSize: number;
  patchSize: number;
  layerNormEps: number;
}

/** Source: transformers `configuration_blip.py`, BlipTextConfig. One config serves text encoder and text decoder. */
export interface BlipTextConfig {
  vocabSize: number;
  hiddenSize: number;
  /** Width of what cross-attention looks at. */
  encoderHiddenSize: number;
  intermediateSize: number;
  layers: number;
  heads: number;
  maxPositions: number;
  layerNormEps: number;
  bosTokenId: number;
  sepTokenId: number;
  padTokenId: number;
  labelSmoothing: number;
  /** Rates while training: of embeddings and sublayers' results, and of attention's probabilities. */
  hiddenDropout: number;
  attentionDropout: number;
}

export interface BlipConfig {
  vision: BlipVisionConfig;
  text: BlipTextConfig;
}

/**
 * Reads the parsed config.json of a BLIP or MISS checkpoint.
 * @param file named in errors.
 * @throws MP3005 if a value has the wrong type, sizes do not divide, or the network would be another than BLIP's.
 */
export function parseBlipConfig(json: unknown, file = 'config.json'): BlipConfig {
  const root = section(json, 'config.json', file);
  const vision = reader(section(root.vision_config ?? {}, 'vision_config', file), 'vision_config', file);
  const text = reader(section(root.text_config ?? {}, 'text_config', file), 'text_config', file);
  for (const part of [vision, text]) part.only('hidden_act', 'gelu');
  // states of images are kept and shared: what is dropped would have to differ each time
  for (const key of ['attention_dropout', 'hidden_dropout_prob']) vision.only(key, 0);
  const config: BlipConfig = {
    vision: {
      hiddenSize: vision.count('hidden_size', 768),
      intermediateSize: vision.count('intermediate_size', 3072),
      layers: vision.count('num_hidden_layers', 12),
      heads: vision.count('num_attention_heads', 12),
      imageSize: vision.count('image_size', 384),
      patchSize: vision.count('patch_size', 16),
      layerNormEps: vision.number('layer_norm_eps', 1e-5),
    },
    text: {
      vocabSize: text.count('vocab_size', 30524),
      hiddenSize: text.count('hidden_size', 768),
      encoderHiddenSize: text.count('encoder_hidden_size', 768),
      intermediateSize: text.count('intermediate_size', 3072),
      layers: text.count('num_hidden_layers', 12),
      heads: text.count('num_attention_heads', 8),
      maxPositions: text.count('max_position_embeddings', 512),
      layerNormEps: text.number('layer_norm_eps', 1e-12),
      bosTokenId: text.number('bos_token_id', 30522),
      sepTokenId: text.number('sep_token_id', 102),
      padTokenId: text.number('pad_token_id', 0),
      labelSmoothing: text.number('label_smoothing', 0),
      hiddenDropout: text.rate('hidden_dropout_prob', 0),
      attentionDropout: text.rate('attention_probs_dropout_prob', 0),
    },
  };
  checkSizes(config, file);
  return config;
}

function checkSizes({ vision, text }: BlipConfig, file: string): void {
  if (vision.hiddenSize % vision.heads) throw unusable(file, 'vision_config', 'hidden_size is not a multiple of heads');
  if (text.hiddenSize % text.heads) throw unusable(file, 'text_config', 'hidden_size is not a multiple of heads');
  if (vision.imageSize % vision.patchSize)
    throw unusable(file, 'vision_config', 'image_size is not a multiple of patch_size');
  for (const [name, id] of Object.entries({
    bos_token_id: text.bosTokenId,
    sep_token_id: text.sepTokenId,
    pad_token_id: text.padTokenId,
  }))
    if (!Number.isInteger(id) || id < 0 || id >= text.vocabSize)
      throw unusable(file, 'text_config', `${name} ${id} is not in the vocabulary of ${text.vocabSize}`);
}
