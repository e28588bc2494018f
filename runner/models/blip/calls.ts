/** The network of BLIP VQA as chains of calls. Names of results are those that the reference implementation's layers are known by. */
import type { Call } from '../chain';
import type { BlipConfig } from './config';
import { headLoss, headScores, textBlock, textEmbeddings } from './text';
import { visionBlock, visionEmbeddings, visionNorm, visionSplit } from './vision';

export const imageStates = 'vision.last_hidden_state';

export interface BlipCalls {
  /** pixels -> image states */
  vision: readonly Call[];
  /** question and image states -> question states */
  encoder: readonly Call[];
  /** answer tokens and question states -> hidden states of the answer */
  decoder: readonly Call[];
  /** Name of the result of the encoder and of the decoder. */
  questionStates: string;
  answerStates: string;
  /** hidden states -> vocabulary scores of some rows */
  scores: Call;
  loss(labelSmoothing: number): Call;
}

export function blipCalls({ vision, text }: BlipConfig): BlipCalls {
  const layers = (count: number, make: (layer: number) => Call) => Array.from({ length: count }, (_, i) => make(i));
  const after = (part: string, layer: number) => (layer ? `${part}.layer.${layer - 1}` : `${part}.embeddings`);
  const questionStates = after('text_encoder', text.layers);
  const answerStates = after('text_decoder', text.layers);
  const visionLayer = visionBlock(vision);
  const split = visionSplit(vision);

  /** Embeddings and layers of a text model: `own` names its tokens' feeds, `states` what cross-attention looks at, `map` that one's feeds. */
  const bert = (part: string, root: string, own: string, states: string, map: string, crossMask?: string): Call[] => {
    const block = textBlock(text, crossMask !== undefined);
    return [
      {
        block: textEmbeddings(text),
        prefix: `${root}.embeddings.`,
        inputs: { ids: `${own}.ids`, shape: `${own}.written`, positions: `${own}.positions` },
        outputs: { out: `${part}.embeddings` },
      },
      ...layers(text.layers, (layer) => ({
        block,
        prefix: `${root}.encoder.layer.${layer}.`,
        inputs: {
          x: after(part, layer),
          shape: `${own}.shape`,
          mask: `${own}.mask`,
          states,
          states_shape: `${map}.shape`,
          groups: `${map}.groups`,
          places: `${map}.places`,
          apart: `${map}.apart`,
          together: `${map}.together`,
          ...(crossMask && { cross_mask: crossMask }),
        },
        outputs: { out: `${part}.layer.${layer}` },
      })),
    ];
  };
  const head = (block: Call['block'], inputs: Record<string, string>, output: string): Call => ({
    block,
    prefix: 'text_decoder.cls.predictions.',
    shared: { 'decoder.weight': 'text_decoder.bert.embeddings.word_embeddings.weight' },
    inputs: { x: answerStates, rows: 'head.rows', x_shape: 'head.x_shape', ...inputs },
    outputs: { out: output },
  });
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
    encoder: bert('text_encoder', 'text_encoder', 'question', imageStates, 'images'),
    decoder: bert('text_decoder', 'text_decoder.bert', 'answer', questionStates, 'questions', 'questions.mask'),
    questionStates,
    answerStates,
    scores: head(headScores(text), {}, 'logits'),
    loss: (labelSmoothing) =>
      head(headLoss(text, labelSmoothing), { labels: 'head.labels', normalizer: 'head.normalizer' }, 'loss'),
  };
}
