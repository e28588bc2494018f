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
import { layersOf, misfit, promptEmbeddings, promptShape } from './peft';
import type { AddedTensor, Placement } from './types';

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
  peft: {
    type: 'PROMPT_TUNING',
    config: ({ num_virtual_tokens }: PromptAdapter, [placement], parameters) => {
      const [target] = placement!.targets as [Parameter];
      return {
        task_type: 'CAUSAL_LM',
        prompt_tuning_init: 'RANDOM',
        num_virtual_tokens,
        token_dim: target.shape[1]!,
        num_transformer_submodules: 1,
        num_attention_heads: target.site!.heads,
        num_layers: layersOf(target.component, parameters),
      };
    },
    save: ([placement], value) => {
      const [{ name, shape }] = placement!.tensors as [AddedTensor];
      return new Map([[promptEmbeddings, { shape, data: value(name) }]]);
    },
    read(source) {
      const shape = promptShape(source);
      const targets = prompt.matches({ type: 'prompt', num_virtual_tokens: 1 }, source.parameters);
      if (targets.length !== 1 || shape[1] !== targets[0]!.shape[1])
        throw misfit(source.folder, `its prompt is [${shape.join(', ')}]`, promptEmbeddings);
      const adapter: PromptAdapter = { type: 'prompt', num_virtual_tokens: shape[0]! };
      const name = `${targets[0]!.component}.${own}`;
      return { part: { adapter }, targets, names: new Map([[promptEmbeddings, name]]) };
    },
  },
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
        name: `${target.component}.${own}`,
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
