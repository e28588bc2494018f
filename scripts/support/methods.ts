/** Rows of the support table: methods as a spec writes them, each wherever the model has a place for it. */
import type { Adapter, ParameterGroup } from '../../schemas/generated/spec';

/** A parameter group, an adapter, or a word that is there without being defined. */
export type Tried = { group: ParameterGroup } | { adapter: Adapter } | 'all';

export const methods: Readonly<Record<string, Tried>> = {
  layernorm: { group: { kind: 'layernorm' } },
  'layernorm gains': { group: { kind: 'layernorm', parameters: ['weight'] } },
  attention: { group: { kind: 'attention' } },
  ffn: { group: { kind: 'ffn' } },
  embeddings: { group: { kind: 'embeddings' } },
  head: { group: { kind: 'head' } },
  projector: { group: { kind: 'projector' } },
  other: { group: { kind: 'other' } },
  bias: { group: { parameters: ['bias'] } },
  all: 'all',
  lora: { adapter: { type: 'lora', rank: 2, targets: linear() } },
  rslora: { adapter: { type: 'lora', rank: 2, use_rslora: true, targets: linear() } },
  dora: { adapter: { type: 'lora', rank: 2, use_dora: true, targets: linear() } },
  ia3: { adapter: { type: 'ia3', targets: linear() } },
  prefix: { adapter: { type: 'prefix', num_virtual_tokens: 2 } },
  'prefix, projected': { adapter: { type: 'prefix', num_virtual_tokens: 2, projection: true, projection_size: 6 } },
  prompt: { adapter: { type: 'prompt', num_virtual_tokens: 2 } },
  houlsby: { adapter: { type: 'houlsby', bottleneck_size: 4 } },
  pfeiffer: { adapter: { type: 'pfeiffer', bottleneck_size: 4 } },
  parallel: { adapter: { type: 'parallel', bottleneck_size: 4 } },
};

/** Layers that every family has, in text and image encoders alike: attention's by all names that queries and values go by, and the FFN's last ones. */
function linear(): [string, ...string[]] {
  return ['(query|value|qkv|q_proj|v_proj)$', 'ffn_output'];
}
