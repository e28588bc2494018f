// Expected counts: ../shared/parity/blip-vqa/methods/*/counts.json and trainable.json (torch, Hugging Face peft 0.21.2).
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { type MethodSettings, select } from '../../../runner/methods/index';
import { families } from '../../../runner/models/index';
import type { Component } from '../../../runner/models/types';
import { countParameters } from '../../../runner/plan/counts';
import { describeShared, sharedPath } from '../../shared';

const parts: Omit<MethodSettings, 'method'> = {
  parameterGroups: {
    norms: { kind: 'layernorm' },
    gains: { kind: 'layernorm', parameters: ['weight'] },
    attn: { kind: 'attention' },
    ffn: { kind: 'ffn' },
    bias: { parameters: ['bias'] },
  },
  adapters: {
    lora: { type: 'lora', rank: 4, alpha: 8, targets: ['query', 'value'] },
    rslora: { type: 'lora', rank: 4, alpha: 8, targets: ['query', 'value'], use_rslora: true },
    vision: { type: 'lora', rank: 4, targets: ['query_key_value', 'attention_output', 'ffn_input', 'ffn_output'] },
    by_name: { type: 'lora', rank: 4, targets: ['self_attn\\.(qkv|projection)$', 'mlp.fc'] },
  },
};
const all: Component[] = ['vision_encoder', 'text_encoder', 'text_decoder'];
const text: Component[] = ['text_encoder', 'text_decoder'];

const cases: [string, string, Component[]][] = [
  ['full', 'all', all],
  ['layernorm', 'norms', all],
  ['layernorm-gain', 'gains', all],
  ['attention', 'attn', all],
  ['ffn', 'ffn', all],
  ['bias', 'bias', all],
  ['lora', 'lora', text],
  ['rslora', 'rslora', text],
  ['lora-vision', 'vision', ['vision_encoder']],
  ['lora-vision', 'by_name', ['vision_encoder']],
];

describeShared('parity', 'what a method selects', () => {
  const json = (path: string) => JSON.parse(readFileSync(sharedPath('parity/blip-vqa', path), 'utf8'));
  const golden = () => families.blip_vqa!.parameters(json('config.json'));

  it.each(cases)('%s: counts, names and shapes of `%s`', (folder, name, components) => {
    const parameters = golden();
    const method = { components: Object.fromEntries(components.map((component) => [component, [name]])) };
    const selection = select(parameters, { ...parts, method });
    const { trainable, added, base_total, percent, tensors } = json(`methods/${folder}/counts.json`);
    expect(countParameters(parameters, selection)).toMatchObject({ trainable, added, base_total, percent, tensors });
    const selected = [
      ...selection.base.map(({ parameter }) => ({ name: parameter.name, shape: parameter.shape })),
      ...selection.added.flatMap((placement) => placement.tensors),
    ];
    const expected: Record<string, { shape: number[] }> = json(`methods/${folder}/trainable.json`);
    expect(Object.fromEntries(selected.map(({ name, shape }) => [name, shape]))).toEqual(
      Object.fromEntries(Object.entries(expected).map(([tensor, { shape }]) => [tensor, shape])),
    );
  });

  it('every tensor has exactly one kind, and the kinds add up to the model', () => {
    const parameters = golden();
    const kinds = ['layernorm', 'attention', 'ffn', 'embeddings', 'head', 'projector', 'other'] as const;
    const parameterGroups = Object.fromEntries(kinds.map((kind) => [kind, { kind }]));
    const components = Object.fromEntries(
      all.map((component) => [
        component,
        ['layernorm', 'attention', 'ffn', 'embeddings', 'head'].filter(
          (kind) => kind !== 'head' || component === 'text_decoder',
        ),
      ]),
    );
    const selection = select(parameters, { parameterGroups, adapters: {}, method: { components } });
    expect(countParameters(parameters, selection)).toMatchObject({ trainable: 44_732, tensors: 147, percent: 100 });
  });

  it('sums by component and kind', () => {
    const parameters = golden();
    const method = { components: { vision_encoder: ['norms'], text_decoder: ['norms', 'lora'] } };
    expect(countParameters(parameters, select(parameters, { ...parts, method }))).toMatchObject({
      by_component: { vision_encoder: 240, text_decoder: 384 + 1536 },
      by_kind: { layernorm: 624, added: 1536 },
    });
  });

  it.each([
    [{ vision_encoder: ['lora'] }, 'MP1103'],
    [{ text_decoder: ['norms', 'gains'] }, 'MP1104'],
    [{ text_decoder: ['attn', 'lora'] }, 'MP1104'],
    [{ text_decoder: ['lora', 'rslora'] }, 'MP1104'],
    [{ text_decoder: ['all', 'norms'] }, 'MP1104'],
    [{ text_decoder: ['unknown'] }, 'MP1101'],
  ])('refuses %j with %s', (components, code) => {
    const parameters = golden();
    expect(() => select(parameters, { ...parts, method: { components } })).toThrow(expect.objectContaining({ code }));
  });

  it('says what of an adapter is not computed', () => {
    const parameters = golden();
    const adapters = {
      dora: { type: 'lora', rank: 4, targets: ['query'], use_dora: true },
      ia3: { type: 'ia3', targets: ['key'] },
    } as const;
    const settings = (name: string) => ({
      parameterGroups: {},
      adapters: adapters as never,
      method: { components: { text_encoder: [name] } },
    });
    expect(() => select(parameters, settings('dora'))).toThrow(/use_dora.*not supported/);
    expect(() => select(parameters, settings('ia3'))).toThrow(/ia3.*not supported/);
  });
});
