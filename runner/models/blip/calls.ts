/** The network of BLIP VQA as chains of calls. Names of results are those that the reference implementation's layers are known by. */
import type { Call } from '../chain';
import { past, present } from '../past';
import type { BlipConfig } from './config';
import { crossKeysValues, headLoss, headScores, textBlock, textEmbeddings } from './text';
import { visionBlock, visionEmbeddings, visionNorm, visionSplit } from './vision';

export const imageStates = 'vision.last_hidden_state';

export interface BlipCalls {
  /** pixels -> image states */
  vision: readonly Call[];
  /** question and image states -> question states; empty for a model that only captions */
  encoder: readonly Call[];
  /** answer tokens, and question states or image states -> hidden states of the answer */
  decoder: readonly Call[];
  /** Name of what the decoder looks at. */
  states: string;
  /** hidden states -> vocabulary scores of some rows */
  scores: Call;
  loss(labelSmoothing: number): Call;
  /** From what the decoder looks at to the keys and values that it sees of it, as `cross.N.keys` and `cross.N.values`. */
  crossing: readonly Call[];
  /** From tokens to scores, going on from what is `past`: a whole text, or a next token. */
  first: readonly Call[];
  next: readonly Call[];
}

const packing = (text: string) => ({ packed: `${text}.packed`, spread: `${text}.spread`, square: `${text}.square` });
/** Names of what a layer's cross-attention looks at. */
export const cross = (layer: number) => ({ keys: `cross.${layer}.keys`, values: `cross.${layer}.values` });

/** @param hasEncoder whether an encoder reads a question and the decoder looks at that; else it looks at the image. */
export function blipCalls({ vision, text }: BlipConfig, hasEncoder: boolean): BlipCalls {
  const layers = (count: number, make: (layer: number) => Call) => Array.from({ length: count }, (_, i) => make(i));
  const after = (part: string, layer: number) => (layer ? `${part}.layer.${layer - 1}` : `${part}.embeddings`);
  const states = hasEncoder ? after('text_encoder', text.layers) : imageStates;
  const visionLayer = visionBlock(vision);
  const split = visionSplit(vision);

  /** A text model: its names, the feeds of its tokens, what cross-attention looks at and the feeds of that. */
  interface Bert {
    part: 'text_encoder' | 'text_decoder';
    root: string;
    own: string;
    states: string;
    map: string;
  }
  const embeddings = ({ part, root, own }: Bert, of: 'text' | 'next token'): Call => ({
    block: textEmbeddings(text, of),
    prefix: `${root}.embeddings.`,
    inputs: {
      ids: `${own}.ids`,
      positions: `${own}.positions`,
      ...(of === 'text' && { shape: `${own}.written`, ...packing(own) }),
    },
    outputs: { out: `${part}.embeddings` },
  });
  const looked = 'question';
  const bertLayers = ({ part, root, own, states, map }: Bert, cached: boolean): Call[] => {
    const decoder = part === 'text_decoder';
    const masksStates = decoder && hasEncoder;
    const block = textBlock(text, { decoder, masksStates, cached });
    return layers(text.layers, (layer) => ({
      block,
      prefix: `${root}.encoder.layer.${layer}.`,
      inputs: {
        x: after(part, layer),
        shape: `${own}.shape`,
        mask: `${own}.mask`,
        states_shape: `${map}.shape`,
        groups: `${map}.groups`,
        places: `${map}.places`,
        apart: `${map}.apart`,
        together: `${map}.together`,
        ...(masksStates && { cross_mask: `${map}.mask` }),
        ...(cached
          ? {
              cross_keys: cross(layer).keys,
              cross_values: cross(layer).values,
              past_keys: past(layer).keys,
              past_values: past(layer).values,
              parents: 'text.parents',
            }
          : {
              states,
              ...packing(own),
              ...(masksStates && { states_packed: `${looked}.packed`, states_spread: `${looked}.spread` }),
            }),
      },
      outputs: { out: `${part}.layer.${layer}`, ...(cached && present(layer)) },
    }));
  };
  const encoder: Bert = {
    part: 'text_encoder',
    root: 'text_encoder',
    own: 'question',
    states: imageStates,
    map: 'images',
  };
  const decoder: Bert = {
    part: 'text_decoder',
    root: 'text_decoder.bert',
    own: 'answer',
    states,
    map: hasEncoder ? 'questions' : 'images',
  };
  const head = (block: Call['block'], inputs: Record<string, string>, output: string): Call => ({
    block,
    prefix: 'text_decoder.cls.predictions.',
    shared: { 'decoder.weight': 'text_decoder.bert.embeddings.word_embeddings.weight' },
    inputs: { x: after('text_decoder', text.layers), rows: 'head.rows', x_shape: 'head.x_shape', ...inputs },
    outputs: { out: output },
  });
  const scores = head(headScores(text), {}, 'logits');
  const continued = [...bertLayers(decoder, true), scores];
  return {
    vision: [
      {
        block: visionEmbeddings(vision),
        prefix: 'vision_model.embeddings.',
        inputs: { pixels: 'pixels' },
        outputs: { out: 'vision.embeddings' },
        split,
      },
      ...layers(vision.layers, (layer) => ({
        block: visionLayer,
        prefix: `vision_model.encoder.layers.${layer}.`,
        inputs: { x: after('vision', layer) },
        outputs: { out: `vision.layer.${layer}` },
        split,
      })),
      {
        block: visionNorm(vision),
        prefix: 'vision_model.',
        inputs: { x: after('vision', vision.layers) },
        outputs: { out: imageStates },
      },
    ],
    encoder: hasEncoder ? [embeddings(encoder, 'text'), ...bertLayers(encoder, false)] : [],
    decoder: [embeddings(decoder, 'text'), ...bertLayers(decoder, false)],
    states,
    scores,
    crossing: layers(text.layers, (layer) => ({
      block: crossKeysValues(text),
      prefix: `${decoder.root}.encoder.layer.${layer}.`,
      inputs: { states, states_shape: `${decoder.map}.shape` },
      outputs: cross(layer),
    })),
    first: [embeddings(decoder, 'text'), ...continued],
    next: [embeddings(decoder, 'next token'), ...continued],
    loss: (labelSmoothing) =>
      head(headLoss(text, labelSmoothing), { labels: 'head.labels', normalizer: 'head.normalizer' }, 'loss'),
  };
}
