/** What BLIP's decoder is fed while it generates. */
import type { Tensor } from '../../backends';
import type { VirtualTokens } from '../adaptations';
import { headFeeds } from '../feeds';
import type { NextScores, Prefix } from '../generation';
import type { Network, Tensors } from '../network';
import { cachedScores, type Prompts, placesOf, presenceOf } from '../past';
import type { BlipCalls } from './calls';
import type { BlipConfig } from './config';
import { causalMask, nextTokenFeeds, tokenFeeds } from './feeds';

export interface Beginning extends Prompts {
  /** [rows, length]: the start token, or a prompt that begins with it. */
  ids: ArrayLike<number>;
  /** Keys and values of what cross-attention looks at. */
  crossed: Tensors;
  /** Which of these each of some rows looks at, with so many inputs. */
  map(rows: readonly number[], length: number): [string, Tensor][];
}

/** The scores of the token after each prefix of the answers. */
export function blipScoresAfter(
  network: Network,
  calls: BlipCalls,
  config: BlipConfig,
  beginning: Beginning,
  front: VirtualTokens,
): NextScores {
  const { rows, length, ids, present, positions, crossed, map } = beginning;
  const { layers, heads, hiddenSize } = config.text;
  const whole = front.inputs + length;
  const last = Array.from({ length: rows }, (_, row) => (row + 1) * whole - 1);

  const firstFeeds = (): [string, Tensor][] => [
    ...tokenFeeds('answer', ids, rows, length, config, front, { places: positions }),
    ['answer.mask', causalMask(present, rows, length, front)],
    ...headFeeds(last, rows * whole, hiddenSize),
  ];
  const nextFeeds = (prefixes: readonly Prefix[]): [string, Tensor][] => [
    ...nextTokenFeeds(
      prefixes.map(({ tokens }) => tokens.at(-1)!),
      placesOf(prefixes, beginning),
      presenceOf(prefixes, beginning),
      config,
      front,
    ),
    ...headFeeds([...prefixes.keys()], prefixes.length, hiddenSize),
  ];
  return cachedScores({
    network,
    layers,
    heads,
    headSize: hiddenSize / heads,
    rows,
    first: calls.first,
    next: calls.next,
    feeds(prefixes) {
      const isFirst = prefixes[0]!.tokens.length === 0;
      const looking = map(
        prefixes.map(({ row }) => row),
        isFirst ? whole : 1,
      );
      return [...crossed, ...looking, ...(isFirst ? firstFeeds() : nextFeeds(prefixes))];
    },
  });
}
