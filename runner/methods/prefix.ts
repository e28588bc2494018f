/**
 * Prefix tuning: n learned keys and values stand before a component's own in the self-attention of every layer, not in cross-attention; every token may look at them,
 * and its position is counted from them. Flat ("P-tuning v2"): one matrix [n, 2·L·d], keys of layer 0, its values, keys of layer 1 … With `projection` it is made of [n, d] by
 * Linear(d, h), tanh, Linear(h, 2·L·d). d is the width of the keys: key-value heads times their width.
 * Sources: Li and Liang 2021; Liu et al. 2022 (P-tuning v2); names, order and first values as in Hugging Face peft `PrefixEncoder`.
 */
import type { Adapter } from '../../schemas/generated/spec';
import type { Adaptation } from '../models/adaptations';
import type { Block } from '../models/modules';
import type { Call } from '../models/network';
import { kaimingUniform, normal, uniform } from '../models/random';
import type { Parameter } from '../models/types';
import type { Value } from '../programs/graph';
import { splitColumns, splitHeads } from '../programs/ops/heads';
import { linear } from '../programs/ops/linear';
import { prepend } from '../programs/ops/prepend';
import { tanh } from '../programs/ops/tanh';
import type { Tape } from '../programs/tape';
import type { AdapterMethod } from './method';
import { prefixPeft } from './prefix_peft';
import type { AddedTensor, Placement } from './types';

type PrefixAdapter = Extract<Adapter, { type: 'prefix' }>;

/** Sizes of a prefix. */
interface Sizes {
  tokens: number;
  layers: number;
  /** Width of one layer's keys. */
  width: number;
  /** Inner width of the projection, if there is one. */
  inner?: number;
}

export const prefix: AdapterMethod = {
  type: 'prefix',
  site: 'keysValues',
  needs: 'the self-attention of a text encoder, text decoder or language model',
  unsupported: ({ projection, projection_size: size }: PrefixAdapter) =>
    size !== undefined && !projection ? '`projection_size` without `projection`' : undefined,
  matches: (_adapter, parameters) => parameters.filter(({ site }) => site?.kind === 'keysValues'),
  place: (name, adapter: PrefixAdapter, matched) => (matched.length > 0 ? [placeAt(name, adapter, matched)] : []),
  peft: prefixPeft,
};

function placeAt(adapter: string, settings: PrefixAdapter, matched: readonly Parameter[]): Placement {
  const { num_virtual_tokens: tokens, projection, projection_size: size } = settings;
  const [{ component, shape }] = matched as [Parameter];
  const width = shape[0]!;
  const sizes: Sizes = { tokens, layers: matched.length, width, ...(projection && { inner: size ?? width }) };
  const result = (layer: number, of: 'keys' | 'values') => `${component}.prefix.${layer}.${of}`;
  const outputs = matched.flatMap((_, layer) =>
    (['keys', 'values'] as const).map((of) => [`${of}_${layer}`, result(layer, of)] as const),
  );
  const call: Call = {
    block: prefixBlock(sizes),
    prefix: `${component}.`,
    inputs: {},
    outputs: Object.fromEntries(outputs),
  };
  return {
    type: 'prefix',
    adapter,
    component,
    targets: matched,
    tensors: tensorsOf(component, sizes),
    sites: matched.map(
      ({ site }, layer): Adaptation => ({
        site: 'keysValues',
        path: site!.path,
        key: `prefix ${tokens}`,
        inputs: { prefix_keys: result(layer, 'keys'), prefix_values: result(layer, 'values') },
        virtualTokens: tokens,
        act: ({ tape }, { path: at, keys, values }) => ({
          keys: inFront(tape, tape.input(`${at}.prefix_keys`, [tokens, width]), keys),
          values: inFront(tape, tape.input(`${at}.prefix_values`, [tokens, width]), values),
        }),
      }),
    ),
    calls: [call],
  };
}

/** first [n, H·dh] before x [B, K, H, dh]. */
function inFront(tape: Tape, first: Value, x: Value): Value {
  const [, , heads, width] = x.shape as number[];
  const shape = [first.shape[0] as number, heads!, width!];
  return prepend(tape, splitHeads(tape, first, shape, shape), x);
}

/** All layers' keys and values [n, d] each, by what the learned tensors make. */
function prefixBlock({ tokens, layers, width, inner }: Sizes): Block {
  const columns = 2 * layers * width;
  return {
    key: `prefix ${tokens} ${layers} ${width} ${inner ?? 'flat'}`,
    build({ tape }) {
      const at = 'prompt_encoder';
      const embedding = tape.parameter(`${at}.embedding.weight`, [tokens, inner ? width : columns]);
      const through = (x: Value, path: string, into: number, out: number) =>
        linear(tape, x, tape.parameter(`${path}.weight`, [out, into]), tape.parameter(`${path}.bias`, [out]));
      const flat = inner
        ? through(
            tanh(tape, through(embedding, `${at}.transform.0`, width, inner)),
            `${at}.transform.2`,
            inner,
            columns,
          )
        : embedding;
      splitColumns(tape, flat, 2 * layers).forEach((part, i) => {
        tape.output(`${i % 2 ? 'values' : 'keys'}_${Math.floor(i / 2)}`, part);
      });
    },
  };
}

function tensorsOf(component: string, { tokens, layers, width, inner }: Sizes): AddedTensor[] {
  const columns = 2 * layers * width;
  const tensor = (name: string, shape: number[], decay: boolean, initial: AddedTensor['initial']): AddedTensor => ({
    name: `${component}.prompt_encoder.${name}`,
    place: `${component}.prompt_encoder.${name}`,
    shape,
    decay,
    initial,
  });
  const embedding = (wide: number) =>
    tensor('embedding.weight', [tokens, wide], true, ({ random }) => normal([tokens, wide], 1, random));
  const layer = (path: string, into: number, out: number) => [
    tensor(`${path}.weight`, [out, into], true, ({ random }) => kaimingUniform([out, into], random)),
    tensor(`${path}.bias`, [out], false, ({ random }) => uniform([out], into, random)),
  ];
  return inner
    ? [embedding(width), ...layer('transform.0', width, inner), ...layer('transform.2', inner, columns)]
    : [embedding(columns)];
}
