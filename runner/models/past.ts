/** Generation that reads each token once: keys and values of what was read are kept, layer by layer. */
import type { Placed, Tensor } from '../backends';
import type { Call } from './chain';
import type { NextScores, Prefix } from './generation';
import { type Network, onHost, type Tensors } from './network';

/** Names of what a layer has kept of earlier tokens, and of what it keeps for later ones. */
export const past = (layer: number) => ({ keys: `past.${layer}.keys`, values: `past.${layer}.values` });
export const present = (layer: number) => ({ keys: `present.${layer}.keys`, values: `present.${layer}.values` });

/** Texts that are gone on with, padded on the left so that all end together. */
export interface Prompts {
  rows: number;
  length: number;
  /** 1 = token, 0 = padding; [rows, length]. */
  present: ArrayLike<number>;
  /** Place of each token in its text, padding not counted; [rows, length]. */
  positions: readonly number[];
}

/** Places of tokens in texts that are padded on the left: only tokens are counted. Source: transformers `prepare_inputs_for_generation`. */
export function promptsOf(rows: number, length: number, present: ArrayLike<number>): Prompts {
  const positions: number[] = [];
  for (let row = 0; row < rows; row++)
    for (let i = 0, count = 0; i < length; i++) {
      positions.push(count);
      if (present[row * length + i]) count++;
    }
  return { rows, length, present, positions };
}

/** For the last token of each prefix: its place in its text. */
export function placesOf(prefixes: readonly Prefix[], { length, positions }: Prompts): number[] {
  return prefixes.map(({ row, tokens }) => positions[(row + 1) * length - 1]! + tokens.length);
}

/** For each prefix: its prompt's tokens and padding, then its own tokens; 1 and 0, [prefixes, length + tokens]. */
export function presenceOf(prefixes: readonly Prefix[], { length, present: tokens }: Prompts): number[] {
  return prefixes.flatMap((prefix) => [
    ...Array.from({ length }, (_, i) => tokens[prefix.row * length + i]!),
    ...Array<number>(prefix.tokens.length).fill(1),
  ]);
}

export interface CachedDecoder {
  network: Network;
  layers: number;
  /** Heads of keys, and their width. */
  heads: number;
  headSize: number;
  rows: number;
  /** Reads the prompts, and reads the next token; both end with `logits`. */
  first: readonly Call[];
  next: readonly Call[];
  /** What these are fed for some prefixes (of the first ones, which have no tokens, there is one a row), but for what is kept and `text.parents`. */
  feeds(prefixes: readonly Prefix[]): Iterable<[string, Placed]>;
}

/** The scores of the token after each prefix; each call goes on from the one before, as the prefixes' `parent` says. */
export function cachedScores({
  network,
  layers,
  heads,
  headSize,
  rows,
  first,
  next,
  feeds,
}: CachedDecoder): NextScores {
  const each = (make: (layer: number, of: 'keys' | 'values') => [string, Placed]): Tensors =>
    new Map(Array.from({ length: layers }, (_, layer) => [make(layer, 'keys'), make(layer, 'values')]).flat());
  const nothing: Tensor = { data: new Float32Array(0), shape: [rows, 0, heads, headSize] };
  let kept = each((layer, of) => [past(layer)[of], nothing]);
  return async (prefixes) => {
    const run: Tensors = new Map([...kept, ...feeds(prefixes)]);
    const parents = BigInt64Array.from(prefixes, ({ parent }) => BigInt(parent));
    run.set('text.parents', { data: parents, shape: [parents.length] });
    await network.infer(prefixes[0]!.tokens.length === 0 ? first : next, run, ['logits']);
    for (const name of kept.keys()) network.drop(run, name);
    kept = each((layer, of) => [past(layer)[of], run.get(present(layer)[of])!]);
    return onHost(run.get('logits')).data as Float32Array;
  };
}
