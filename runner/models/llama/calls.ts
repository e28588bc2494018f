/** A LLaMA-like decoder as chains of calls. Names of results are those that the reference implementation's layers are known by. */
import type { Call } from '../chain';
import { past, present } from '../past';
import { llamaBlock, llamaEmbeddings, llamaLoss, llamaNorm, llamaScores } from './blocks';
import type { LlamaConfig } from './config';

export interface LlamaCalls {
  /** tokens -> vectors; with the vectors of images in their places */
  embeddings: Call;
  embeddingsWithImages: Call;
  layers: readonly Call[];
  norm: Call;
  /** vectors -> vocabulary scores of some rows */
  scores: Call;
  /** From vectors to scores, with layers that go on from what is `past` and tell what is `present`. */
  continued: readonly Call[];
  /** The same from tokens. */
  continuedFromTokens: readonly Call[];
  loss(labelSmoothing: number): Call;
}

/** @param root path of the model's body, with the dot. @param features name of the vectors that stand for images. */
export function llamaCalls(config: LlamaConfig, root: string, features: string): LlamaCalls {
  const embeddings = (of: 'text' | 'text with images' | 'next token'): Call => ({
    block: llamaEmbeddings(config, of),
    prefix: root,
    inputs: {
      ids: 'text.ids',
      shape: 'text.written',
      ...(of === 'text with images' && {
        kept: 'images.kept',
        places: 'images.places',
        sources: 'images.sources',
        features,
        features_shape: 'images.features_shape',
      }),
    },
    outputs: { out: 'text.embeddings' },
  });
  const block = llamaBlock(config, false);
  const cachedBlock = llamaBlock(config, true);
  const layer = (index: number, cached: boolean): Call => {
    const { keys, values } = past(index);
    return {
      block: cached ? cachedBlock : block,
      prefix: `${root}layers.${index}.`,
      inputs: {
        x: index ? `text.layer.${index - 1}` : 'text.embeddings',
        shape: 'text.shape',
        key_shape: 'text.key_shape',
        cos: 'text.cos',
        sin: 'text.sin',
        mask: 'text.mask',
        ...(cached && { past_keys: keys, past_values: values, parents: 'text.parents' }),
      },
      outputs: { out: `text.layer.${index}`, ...(cached && present(index)) },
    };
  };
  const indices = [...Array(config.layers).keys()];
  const head = (block: Call['block'], inputs: Record<string, string>, output: string): Call => ({
    block,
    prefix: '',
    ...(config.tied && { shared: { 'lm_head.weight': `${root}embed_tokens.weight` } }),
    inputs: { x: 'text.norm', rows: 'head.rows', x_shape: 'head.x_shape', ...inputs },
    outputs: { out: output },
  });
  const norm: Call = {
    block: llamaNorm(config),
    prefix: root,
    inputs: { x: `text.layer.${config.layers - 1}` },
    outputs: { out: 'text.norm' },
  };
  const scores = head(llamaScores(config), {}, 'logits');
  const continued = [...indices.map((index) => layer(index, true)), norm, scores];
  return {
    embeddings: embeddings('text'),
    embeddingsWithImages: embeddings('text with images'),
    layers: indices.map((index) => layer(index, false)),
    norm,
    scores,
    continued,
    continuedFromTokens: [embeddings('next token'), ...continued],
    loss: (labelSmoothing) =>
      head(llamaLoss(config, labelSmoothing), { labels: 'head.labels', normalizer: 'head.normalizer' }, 'loss'),
  };
}
