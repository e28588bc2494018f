/**
 * Prompt tuning: n learned embeddings stand before those of a decoder's tokens, with positions of their own; nothing is foretold at them but the first token.
 * Source: Lester et al. 2021; name and first values (normal, deviation 1) as in Hugging Face peft `PromptEmbedding` with random initialisation.
 */
import type { Adapter } from '../../schemas/generated/spec';
import { normal } from '../models/random';
import type { Parameter } from '../models/types';
import type { Value } from '../programs/graph';
import { mergeRows, splitRows } from '../programs/ops/heads';
import { prepend } from '../programs/ops/prepend';
import type { AdapterMethod } from './method';
import type { Placement } from './types';

type PromptAdapter = Extract<Adapter, { type: 'prompt' }>;

const own = 'prompt_encoder.embedding.weight';

export const prompt: AdapterMethod = {
  type: 'prompt',
  site: 'embeddings',
  needs: 'the input embeddings of a text decoder or language model',
  unsupported: () => undefined,
  matches: (_adapter, parameters) => parameters.filter(({ site }) => site?.kind === 'embeddings'),
  place: (name, { num_virtual_tokens: tokens }: PromptAdapter, matched) =>
    matched.map((target) => placeAt(name, tokens, target)),
};

function placeAt(adapter: string, tokens: number, target: Parameter): Placement {
  const { path } = target.site!;
  const shape = [tokens, target.shape[1]!];
  return {
    type: 'prompt',
    adapter,
    component: target.component,
    targets: [target],
    tensors: [
      {
        name: own,
        place: `${path}.${own}`,
        shape,
        decay: true,
        initial: ({ random }) => normal(shape, 1, random),
      },
    ],
    sites: [
      {
        site: 'embeddings',
        path,
        key: `prompt ${tokens}`,
        virtualTokens: tokens,
        act({ tape }, { path: at, x, shape: written }) {
          const first: Value = tape.parameter(`${at}.${own}`, shape);
          return mergeRows(tape, prepend(tape, first, splitRows(tape, x, written)));
        },
      },
    ],
  };
}
