/** What a LLaMA-like decoder is fed while it generates. */
import type { Tensor } from '../../backends';
import type { VirtualTokens } from '../adaptations';
import { headFeeds } from '../feeds';
import type { NextScores, Prefix } from '../generation';
import type { Network, Tensors } from '../network';
import { cachedScores, type Prompts, placesOf, presenceOf } from '../past';
import type { LlamaCalls } from './calls';
import type { LlamaConfig } from './config';
import { tokenFeeds } from './feeds';

/**
 * The scores of the token after each prefix of the prompts' answers.
 * @param begin vectors of the prompts' tokens as `text.embeddings`, and what else the layers are fed to read them
 */
export function llamaScoresAfter(
  network: Network,
  calls: LlamaCalls,
  config: LlamaConfig,
  prompts: Prompts,
  begin: Tensors,
  front: VirtualTokens,
): NextScores {
  const { rows, length } = prompts;
  const width = config.hiddenSize;
  const whole = front.inputs + length;
  const last = Array.from({ length: rows }, (_, row) => (row + 1) * whole - 1);

  /** The last token of each prefix, after its prompt and the tokens before it. */
  const nextFeeds = (prefixes: readonly Prefix[]): [string, Tensor][] => [
    ...tokenFeeds(
      {
        ids: prefixes.map(({ tokens }) => tokens.at(-1)!),
        rows: prefixes.length,
        length: 1,
        before: length + prefixes[0]!.tokens.length - 1,
        positions: placesOf(prefixes, prompts),
        present: presenceOf(prefixes, prompts),
      },
      config,
      front,
    ),
    ...headFeeds([...prefixes.keys()], prefixes.length, width),
  ];
  return cachedScores({
    network,
    layers: config.layers,
    heads: config.keyHeads,
    headSize: config.headSize,
    rows,
    first: calls.continued,
    next: calls.continuedFromTokens,
    feeds: (prefixes) =>
      prefixes[0]!.tokens.length === 0 ? [...begin, ...headFeeds(last, rows * whole, width)] : nextFeeds(prefixes),
  });
}
