/** Prefixes as Hugging Face peft stores them: the flat matrix [n, 2·L·d] alone, also where a projection has made it. */
import type { Adapter } from '../../schemas/generated/spec';
import type { Component, Parameter } from '../models/types';
import { misfit, type PeftForm, promptEmbeddings, promptShape } from './peft';
import type { Placement } from './types';

type PrefixAdapter = Extract<Adapter, { type: 'prefix' }>;

/** peft wraps one text model of several; only one that is no decoder has another task. */
const encoder: Component = 'text_encoder';

export const prefixPeft: PeftForm = {
  type: 'PREFIX_TUNING',
  perComponent: true,
  config: ({ num_virtual_tokens, projection, projection_size }: PrefixAdapter, [placement]) => {
    const { targets } = placement!;
    const [{ shape, site, component }] = targets as readonly [Parameter];
    return {
      task_type: component === encoder ? 'FEATURE_EXTRACTION' : 'CAUSAL_LM',
      num_virtual_tokens,
      prefix_projection: projection ?? false,
      encoder_hidden_size: projection_size ?? shape[0]!,
      token_dim: shape[0]!,
      num_layers: targets.length,
      num_attention_heads: site!.heads,
      num_transformer_submodules: 1,
    };
  },
  save: ([placement], value) => {
    const flat = flatten(placement!, value);
    const tokens = placement!.tensors[0]!.shape[0]!;
    return new Map([[promptEmbeddings, { shape: [tokens, flat.length / tokens], data: flat }]]);
  },
  read(source) {
    const shape = promptShape(source);
    const ofEncoder = source.config.task_type !== 'CAUSAL_LM';
    const targets = source.parameters.filter(
      ({ site, component }) => site?.kind === 'keysValues' && (component === encoder) === ofEncoder,
    );
    const columns = targets.reduce((sum, target) => sum + 2 * target.shape[0]!, 0);
    if (shape[1] !== columns)
      throw misfit(
        source.folder,
        `its prefix is [${shape.join(', ')}], the keys and values of the model's ${targets.length} layers have ${columns} columns`,
        promptEmbeddings,
      );
    const adapter: PrefixAdapter = { type: 'prefix', num_virtual_tokens: shape[0]! };
    const name = `${targets[0]!.component}.prompt_encoder.embedding.weight`;
    return { part: { adapter }, targets, names: new Map([[promptEmbeddings, name]]) };
  },
};

/** The flat matrix: as learned, or Linear(tanh(Linear(embedding))); summed in float64. */
function flatten({ tensors }: Placement, value: (name: string) => Float32Array): Float32Array {
  const [embedding, ...projection] = tensors.map(({ name, shape }) => ({ data: value(name), shape }));
  if (projection.length === 0) return embedding!.data;
  const [weight1, bias1, weight2, bias2] = projection;
  const [tokens] = embedding!.shape as [number];
  const linear = (x: Float64Array, weight: Float32Array, bias: Float32Array): Float64Array => {
    const out = bias.length;
    const into = weight.length / out;
    return Float64Array.from({ length: tokens * out }, (_, i) => {
      const token = Math.floor(i / out);
      let sum = bias[i % out]!;
      for (let k = 0; k < into; k++) sum += x[token * into + k]! * weight[(i % out) * into + k]!;
      return sum;
    });
  };
  const inner = linear(Float64Array.from(embedding!.data), weight1!.data, bias1!.data).map(Math.tanh);
  return Float32Array.from(linear(inner, weight2!.data, bias2!.data));
}
