/** The tensors of a LLaMA-like language model and what each is. Source: transformers `modeling_llama.py`, `modeling_mistral.py`. */
import type { Kind, Parameter, Role } from '../types';
import type { LlamaConfig } from './config';

/**
 * Every parameter, in the order of the reference implementation.
 * @param root path of the model's body, with the dot: `model.` or `model.language_model.`
 */
export function llamaPlaces(config: LlamaConfig, root: string): Omit<Parameter, 'name'>[] {
  const { hiddenSize: d, intermediateSize: f, headSize, vocabSize } = config;
  const matrix = (
    path: string,
    kind: Kind,
    shape: number[],
    layer?: number,
    role?: Role,
    site?: Parameter['site'],
  ) => ({
    canonical: `${path}.weight`,
    component: 'language_model' as const,
    kind,
    part: 'weight' as const,
    shape,
    ...(layer === undefined ? {} : { layer }),
    ...(role === undefined ? {} : { role }),
    ...(site && { site }),
  });
  const bias = ({ canonical, shape, site: _, ...rest }: ReturnType<typeof matrix>) => ({
    ...rest,
    canonical: canonical.replace(/weight$/, 'bias'),
    part: 'bias' as const,
    shape: [shape[0]!],
  });
  const places: Omit<Parameter, 'name'>[] = [
    matrix(`${root}embed_tokens`, 'embeddings', [vocabSize, d], undefined, undefined, {
      kind: 'embeddings',
      path: `${root}embed_tokens`,
      heads: config.heads,
    }),
  ];
  for (let layer = 0; layer < config.layers; layer++) {
    const at = `${root}layers.${layer}`;
    const projections = [
      matrix(`${at}.self_attn.q_proj`, 'attention', [config.heads * headSize, d], layer, 'query'),
      matrix(`${at}.self_attn.k_proj`, 'attention', [config.keyHeads * headSize, d], layer, 'key', {
        kind: 'keysValues',
        path: `${at}.self_attn`,
        heads: config.keyHeads,
      }),
      matrix(`${at}.self_attn.v_proj`, 'attention', [config.keyHeads * headSize, d], layer, 'value'),
      matrix(`${at}.self_attn.o_proj`, 'attention', [d, config.heads * headSize], layer, 'attention_output', {
        kind: 'output',
        path: `${at}.self_attn`,
      }),
    ];
    places.push(
      ...projections.flatMap((weight) => (config.attentionBias ? [weight, bias(weight)] : [weight])),
      matrix(`${at}.mlp.gate_proj`, 'ffn', [f, d], layer, 'ffn_gate'),
      matrix(`${at}.mlp.up_proj`, 'ffn', [f, d], layer, 'ffn_input'),
      matrix(`${at}.mlp.down_proj`, 'ffn', [d, f], layer, 'ffn_output', { kind: 'output', path: `${at}.mlp` }),
      matrix(`${at}.input_layernorm`, 'layernorm', [d], layer),
      matrix(`${at}.post_attention_layernorm`, 'layernorm', [d], layer),
    );
  }
  places.push(matrix(`${root}norm`, 'layernorm', [d]));
  return config.tied ? places : [...places, matrix('lm_head', 'head', [vocabSize, d])];
}
