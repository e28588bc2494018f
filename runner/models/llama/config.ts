/** config.json of LLaMA-like language models, in Hugging Face's words; what is absent has the default of HF's classes. */
import { reader, section, unusable } from '../config_reader';

/** Source: transformers `configuration_llama.py`, `configuration_mistral.py`. */
export interface LlamaConfig {
  type: 'llama' | 'mistral';
  vocabSize: number;
  hiddenSize: number;
  intermediateSize: number;
  layers: number;
  /** Heads of queries. */
  heads: number;
  /** Heads of keys and values; each serves heads / keyHeads heads of queries. */
  keyHeads: number;
  headSize: number;
  maxPositions: number;
  rmsNormEps: number;
  ropeTheta: number;
  /** A token sees so many tokens, itself included; undefined sees all before it. */
  slidingWindow: number | undefined;
  attentionBias: boolean;
  /** The LM head's matrix is the word embeddings. */
  tied: boolean;
  bosTokenId: number | undefined;
  /** Any of them ends a text. */
  eosTokenIds: readonly number[];
  /** Its embedding gets no gradient. */
  padTokenId: number | undefined;
}

/** Defaults that differ between the two classes. */
const defaults = {
  llama: { intermediate: 11008, keyHeads: undefined, positions: 2048, eps: 1e-6, window: undefined },
  mistral: { intermediate: 14336, keyHeads: 8, positions: 4096 * 32, eps: 1e-6, window: 4096 },
};

/**
 * Reads the language model's part of a config.json.
 * @param values the part: `text_config`, or the whole file of a language model alone
 * @param name of the part, for errors
 * @throws MP3005 if a value has the wrong type, sizes do not divide, or the network would be another than LLaMA's
 */
export function parseLlamaConfig(values: Record<string, unknown>, name: string, file = 'config.json'): LlamaConfig {
  const type = String(values.model_type ?? 'llama').replace(/^llava_/, '');
  if (type !== 'llama' && type !== 'mistral')
    throw unusable(file, name, `model_type is ${JSON.stringify(values.model_type)}; llama and mistral are computed`);
  const known = defaults[type];
  const text = reader(values, name, file);
  text.only('hidden_act', 'silu');
  text.only('attention_dropout', 0);
  text.only('mlp_bias', false);
  text.only('pretraining_tp', 1);
  const heads = text.count('num_attention_heads', 32);
  const hiddenSize = text.count('hidden_size', 4096);
  const config: LlamaConfig = {
    type,
    vocabSize: text.count('vocab_size', 32000),
    hiddenSize,
    intermediateSize: text.count('intermediate_size', known.intermediate),
    layers: text.count('num_hidden_layers', 32),
    heads,
    keyHeads: text.count('num_key_value_heads', known.keyHeads ?? heads),
    headSize: text.count('head_dim', hiddenSize / heads),
    maxPositions: text.count('max_position_embeddings', known.positions),
    rmsNormEps: text.number('rms_norm_eps', known.eps),
    ropeTheta: ropeTheta(values, name, file),
    slidingWindow: 'sliding_window' in values ? optional(values.sliding_window, 'sliding_window') : known.window,
    attentionBias: text.truth('attention_bias', false),
    tied: text.truth('tie_word_embeddings', false),
    bosTokenId: optional('bos_token_id' in values ? values.bos_token_id : 1, 'bos_token_id'),
    eosTokenIds: [values.eos_token_id ?? 2].flat().map((id) => optional(id, 'eos_token_id')!),
    padTokenId: optional(values.pad_token_id, 'pad_token_id'),
  };
  if (config.heads % config.keyHeads)
    throw unusable(file, name, 'num_attention_heads is not a multiple of num_key_value_heads');
  if (config.headSize % 2) throw unusable(file, name, `head_dim is ${config.headSize}, not an even number`);
  return config;

  function optional(value: unknown, key: string): number | undefined {
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'number' && Number.isInteger(value)) return value;
    throw unusable(file, name, `${key} is ${JSON.stringify(value)}, not a whole number`);
  }
}

/** `rope_parameters` since transformers 5, before that `rope_theta` and `rope_scaling`. */
function ropeTheta(values: Record<string, unknown>, name: string, file: string): number {
  const { rope_parameters: parameters, rope_scaling: scaling, rope_theta: theta } = values;
  for (const rope of [parameters, scaling]) {
    const { rope_type: type, type: older } = section(rope ?? {}, 'rope_parameters', file);
    const kind = type ?? older ?? 'default';
    if (kind !== 'default')
      throw unusable(file, name, `positions are scaled by ${JSON.stringify(kind)}; only "default" is computed`);
  }
  const { rope_theta: nested } = section(parameters ?? {}, 'rope_parameters', file);
  const value = nested ?? theta ?? 10000;
  if (typeof value !== 'number' || !(value > 0))
    throw unusable(file, name, `rope_theta is ${JSON.stringify(value)}, not a positive number`);
  return value;
}
