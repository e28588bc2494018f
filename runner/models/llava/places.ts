/** The tensors of LLaVA and what each is: vision tower, projector, language model. Source: transformers `modeling_llava.py`, `modeling_clip.py`. */
import { llamaPlaces } from '../llama/places';
import type { Kind, Parameter, Role } from '../types';
import { clipTokens } from './clip';
import type { LlavaConfig } from './config';

type Place = Omit<Parameter, 'name'>;

/** Paths in the network: names inside transformers 5. */
export const roots = {
  vision: 'model.vision_tower.',
  projector: 'model.multi_modal_projector.',
  text: 'model.language_model.',
};

function visionPlaces({ vision }: LlavaConfig): Place[] {
  const { hiddenSize: d, intermediateSize: f, patchSize: p } = vision;
  const place = (
    canonical: string,
    kind: Kind,
    part: Place['part'],
    shape: number[],
    more: Partial<Place> = {},
  ): Place => ({
    canonical: roots.vision + canonical,
    component: 'vision_encoder',
    kind,
    part,
    shape,
    ...more,
  });
  const linear = (path: string, kind: Kind, shape: number[], layer?: number, role?: Role, after?: string): Place[] => {
    const site = after && ({ kind: 'output', path: roots.vision + after } as const);
    const more = { ...(layer === undefined ? {} : { layer }), ...(role === undefined ? {} : { role }) };
    return [
      place(`${path}.weight`, kind, 'weight', shape, { ...more, ...(site && { site }) }),
      place(`${path}.bias`, kind, 'bias', [shape[0]!], more),
    ];
  };
  const places = [
    place('embeddings.class_embedding', 'embeddings', 'weight', [d]),
    place('embeddings.patch_embedding.weight', 'embeddings', 'weight', [d, 3, p, p], { role: 'patch_embedding' }),
    place('embeddings.position_embedding.weight', 'embeddings', 'weight', [clipTokens(vision), d]),
    ...linear('pre_layrnorm', 'layernorm', [d]),
  ];
  for (let layer = 0; layer < vision.layers; layer++) {
    const at = `encoder.layers.${layer}`;
    places.push(
      ...linear(`${at}.self_attn.k_proj`, 'attention', [d, d], layer, 'key'),
      ...linear(`${at}.self_attn.v_proj`, 'attention', [d, d], layer, 'value'),
      ...linear(`${at}.self_attn.q_proj`, 'attention', [d, d], layer, 'query'),
      ...linear(`${at}.self_attn.out_proj`, 'attention', [d, d], layer, 'attention_output', `${at}.self_attn`),
      ...linear(`${at}.layer_norm1`, 'layernorm', [d], layer),
      ...linear(`${at}.mlp.fc1`, 'ffn', [f, d], layer, 'ffn_input'),
      ...linear(`${at}.mlp.fc2`, 'ffn', [d, f], layer, 'ffn_output', `${at}.mlp`),
      ...linear(`${at}.layer_norm2`, 'layernorm', [d], layer),
    );
  }
  return [...places, ...linear('post_layernorm', 'layernorm', [d])];
}

function projectorPlaces({ vision, text, projectorBias }: LlavaConfig): Place[] {
  const layer = (name: string, into: number): Place[] => {
    const common = { component: 'projector', kind: 'projector' } as const;
    const weight = {
      ...common,
      canonical: `${roots.projector}${name}.weight`,
      part: 'weight',
      shape: [text.hiddenSize, into],
    } as const;
    const bias = {
      ...common,
      canonical: `${roots.projector}${name}.bias`,
      part: 'bias',
      shape: [text.hiddenSize],
    } as const;
    return projectorBias ? [weight, bias] : [weight];
  };
  return [...layer('linear_1', vision.hiddenSize), ...layer('linear_2', text.hiddenSize)];
}

/** Every parameter, in the order of the reference implementation. */
export function llavaPlaces(config: LlavaConfig): Place[] {
  return [...visionPlaces(config), ...projectorPlaces(config), ...llamaPlaces(config.text, roots.text)];
}

/** Why no gradient reaches a tensor; undefined if one does. */
export function withoutGradient(config: LlavaConfig, { canonical, component, layer }: Parameter): string | undefined {
  if (component !== 'vision_encoder') return undefined;
  if (config.towerWithoutGradient) return "LLaVA's own code runs the vision tower without gradients";
  const unused =
    layer === undefined ? canonical.startsWith(`${roots.vision}post_layernorm.`) : layer >= config.visionLayers;
  return unused
    ? `the projector looks at the output of layer ${config.visionLayers - 1} of the vision tower`
    : undefined;
}
