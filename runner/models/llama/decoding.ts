/** Generation: the prompt is read once, then each new token alone; keys and values of what was read are kept. */
import type { Tensor } from '../../backends';
import type { VirtualTokens } from '../adaptations';
import { headFeeds, int64 } from '../feeds';
import type { NextScores, Prefix } from '../generation';
import type { Network, Tensors } from '../network';
import { type LlamaCalls, past, present } from './calls';
import type { LlamaConfig } from './config';
import { tokenFeeds } from './feeds';

/** Prompts, padded on the left so that all end together. */
export interface Prompts {
  rows: number;
  length: number;
  /** 1 = token, 0 = padding; [rows, length]. */
  present: ArrayLike<number>;
  /** Place of each token in its prompt, padding not counted; [rows, length]. */
  positions: ArrayLike<number>;
}

/**
 * The scores of the token after each prefix of the prompts' answers.
 * @param first vectors of the prompts' tokens as `text.embeddings`, and what else the layers are fed
 */
export function cachedScores(
  network: Network,
  calls: LlamaCalls,
  config: LlamaConfig,
  prompts: Prompts,
  first: Tensors,
  front: VirtualTokens,
): NextScores {
  const width = config.hiddenSize;
  const length = front.inputs + prompts.length;
  let kept = nothing(config, prompts.rows);
  return async (prefixes) => {
    const isFirst = prefixes[0]!.tokens.length === 0;
    const rows = prefixes.length;
    const run: Tensors = new Map(kept);
    run.set('text.parents', int64(prefixes.map(({ parent }) => parent)));
    if (isFirst) {
      for (const [name, tensor] of first) run.set(name, tensor);
      const last = Array.from({ length: rows }, (_, row) => (row + 1) * length - 1);
      for (const [name, tensor] of headFeeds(last, rows * length, width)) run.set(name, tensor);
    } else {
      for (const [name, tensor] of nextFeeds(prefixes, prompts, config, front)) run.set(name, tensor);
      for (const [name, tensor] of headFeeds([...Array(rows).keys()], rows, width)) run.set(name, tensor);
    }
    await network.infer(isFirst ? calls.continued : calls.continuedFromTokens, run);
    kept = each(config, (layer, of) => [past(layer)[of], run.get(present(layer)[of])!]);
    return run.get('logits')!.data as Float32Array;
  };
}

/** No keys and values of no token, for each row. */
function nothing(config: LlamaConfig, rows: number): Tensors {
  const empty: Tensor = { data: new Float32Array(0), shape: [rows, 0, config.keyHeads, config.headSize] };
  return each(config, (layer, of) => [past(layer)[of], empty]);
}

function each({ layers }: LlamaConfig, make: (layer: number, of: 'keys' | 'values') => [string, Tensor]): Tensors {
  return new Map(Array.from({ length: layers }, (_, layer) => [make(layer, 'keys'), make(layer, 'values')]).flat());
}

/** The last token of each prefix, after its prompt and the tokens before it. */
function nextFeeds(
  prefixes: readonly Prefix[],
  { length, present: tokens, positions }: Prompts,
  config: LlamaConfig,
  front: VirtualTokens,
) {
  const made = prefixes[0]!.tokens.length;
  return tokenFeeds(
    {
      ids: prefixes.map((prefix) => prefix.tokens.at(-1)!),
      rows: prefixes.length,
      length: 1,
      before: length + made - 1,
      positions: prefixes.map(({ row }) => positions[(row + 1) * length - 1]! + made),
      present: prefixes.flatMap(({ row }) => [
        ...Array.from({ length }, (_, i) => tokens[row * length + i]!),
        ...Array<number>(made).fill(1),
      ]),
    },
    config,
    front,
  );
}
