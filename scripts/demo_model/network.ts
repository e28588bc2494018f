/** The demo's network before any training: BLIP VQA in small, drawn from a seed. */
import { blipVqaParameters } from '../../runner/models/blip_vqa';
import { randomStream } from '../../runner/models/random';
import { sizeOf, type TensorToWrite } from '../../runner/models/safetensors';
import type { Parameter } from '../../runner/models/types';
import { specialTokens } from './wordpiece';

const width = 128;
const layers = { hidden_size: width, intermediate_size: 4 * width, num_hidden_layers: 3, num_attention_heads: 4 };

/** config.json as transformers reads it. `hf` loss and generation need the ids of the special tokens. */
export function networkConfig(vocabSize: number): object {
  const id = (token: (typeof specialTokens)[number]) => specialTokens.indexOf(token);
  return {
    architectures: ['BlipForQuestionAnswering'],
    model_type: 'blip',
    projection_dim: width,
    image_text_hidden_size: width,
    vision_config: {
      model_type: 'blip_vision_model',
      ...layers,
      image_size: 64,
      patch_size: 8,
      hidden_act: 'gelu',
      layer_norm_eps: 1e-5,
      attention_dropout: 0,
    },
    text_config: {
      model_type: 'blip_text_model',
      ...layers,
      vocab_size: vocabSize,
      encoder_hidden_size: width,
      projection_dim: width,
      max_position_embeddings: 64,
      hidden_act: 'gelu',
      layer_norm_eps: 1e-12,
      hidden_dropout_prob: 0,
      attention_probs_dropout_prob: 0,
      is_decoder: true,
      bos_token_id: id('[DEC]'),
      eos_token_id: id('[SEP]'),
      pad_token_id: id('[PAD]'),
      sep_token_id: id('[SEP]'),
    },
  };
}

/** Images of radiology are grey and dark: one mean and deviation for all channels, of VQA-RAD's training images. */
export const preprocessor = {
  image_processor_type: 'BlipImageProcessor',
  do_resize: true,
  size: { height: 64, width: 64 },
  resample: 3,
  do_rescale: true,
  rescale_factor: 1 / 255,
  do_normalize: true,
  image_mean: [0.28, 0.28, 0.28],
  image_std: [0.28, 0.28, 0.28],
  do_convert_rgb: true,
};

/** Gains 1, biases 0, embeddings normal with deviation 0.02, other matrices 0.05. */
export function initialTensors(config: object, seed: number): Map<string, TensorToWrite> {
  return new Map(
    blipVqaParameters(config).map((parameter) => [
      parameter.name,
      { shape: parameter.shape, data: initialValues(parameter, seed) },
    ]),
  );
}

function initialValues({ name, kind, part, shape, role }: Parameter, seed: number): Float32Array {
  const data = new Float32Array(sizeOf(shape));
  if (part === 'bias') return data;
  if (kind === 'layernorm') return data.fill(1);
  const deviation = kind === 'embeddings' && role === undefined ? 0.02 : 0.05;
  return fillNormal(data, deviation, randomStream(seed, name));
}

/** Box and Muller 1958: two normal numbers from two uniform ones. */
function fillNormal(data: Float32Array, deviation: number, random: () => number): Float32Array {
  for (let i = 0; i < data.length; i += 2) {
    const radius = deviation * Math.sqrt(-2 * Math.log(1 - random()));
    const angle = 2 * Math.PI * random();
    data[i] = radius * Math.cos(angle);
    if (i + 1 < data.length) data[i + 1] = radius * Math.sin(angle);
  }
  return data;
}
