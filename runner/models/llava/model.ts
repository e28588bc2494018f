/** LLaVA: CLIP's tower and the projector in front of a LLaMA-like language model. */
import type { Batch } from '../../data/types';
import type { Adaptations } from '../adaptations';
import { visionSplit } from '../blip/vision';
import type { Rehearsal } from '../footprint';
import { imageEncoder } from '../image_encoder';
import type { Sight } from '../llama/images';
import { llamaModel } from '../llama/model';
import { type RehearsedSight, rehearseLlama } from '../llama/rehearsal';
import type { Call, Network } from '../network';
import type { InspectableModel } from '../types';
import type { LoadedTensors } from '../weights';
import { clipBlock, clipEmbeddings, clipPreNorm, clipTokens } from './clip';
import type { LlavaConfig } from './config';
import { roots } from './places';
import { imageLength, projector } from './projector';

/** Makes the model of loaded tensors. */
export function llavaModel(config: LlavaConfig, loaded: LoadedTensors): InspectableModel {
  return llamaModel(config.text, roots.text, loaded, (network) => sight(config, network, loaded));
}

const featureName = 'projector';

/** A training step in shapes. */
export function rehearseLlava(
  config: LlavaConfig,
  batch: Batch,
  trainable: ReadonlySet<string>,
  adaptations: Adaptations,
): Rehearsal {
  return rehearseLlama(batch, trainable, { config: config.text, root: roots.text, adaptations }, sightOf(config));
}

function sight(config: LlavaConfig, network: Network, { trainables, cache }: LoadedTensors): Sight {
  const { encoder: calls, result, tokens, width, imageSize: size, ...known } = sightOf(config);
  return {
    ...known,
    encoder: imageEncoder({ network, calls, result, size, tokens, width, trainables, cache }),
    unseen: towerCalls(config).slice(calls.length),
  };
}

function sightOf(config: LlavaConfig): RehearsedSight {
  const { vision, imageTokenId } = config;
  const all = towerCalls(config);
  const encoder = all.slice(0, all.length - config.vision.layers + config.visionLayers);
  const result = encoder.at(-1)!.outputs.out!;
  return {
    encoder,
    result,
    tokens: clipTokens(vision),
    width: vision.hiddenSize,
    imageSize: vision.imageSize,
    projector: [
      { block: projector(config), prefix: roots.projector, inputs: { x: result }, outputs: { out: featureName } },
    ],
    features: featureName,
    length: imageLength(config),
    imageTokenId,
  };
}

/** The whole tower but its last LayerNorm, which only CLIP's own head reads. */
function towerCalls({ vision }: LlavaConfig): Call[] {
  const block = clipBlock(vision);
  const split = visionSplit(vision);
  return [
    {
      block: clipEmbeddings(vision),
      prefix: `${roots.vision}embeddings.`,
      inputs: { pixels: 'pixels' },
      outputs: { out: 'vision.embeddings' },
      split,
    },
    {
      block: clipPreNorm(vision),
      prefix: roots.vision,
      inputs: { x: 'vision.embeddings' },
      outputs: { out: 'vision.pre_layernorm' },
      split,
    },
    ...Array.from({ length: vision.layers }, (_, layer) => ({
      block,
      prefix: `${roots.vision}encoder.layers.${layer}.`,
      inputs: { x: layer ? `vision.layer.${layer - 1}` : 'vision.pre_layernorm' },
      outputs: { out: `vision.layer.${layer}` },
      split,
    })),
  ];
}
