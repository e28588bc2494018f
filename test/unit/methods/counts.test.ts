// Expected counts: ../shared/parity/blip-vqa/methods/*/counts.json and trainable.json (torch, Hugging Face peft 0.21.2).
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { type MethodSettings, select } from '../../../runner/methods/index';
import { families } from '../../../runner/models/index';
import type { Component } from '../../../runner/models/types';
import { countParameters } from '../../../runner/plan/counts';
import type { Adapter } from '../../../schemas/generated/spec';
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
    dora: { type: 'lora', rank: 4, targets: ['query', 'value'], use_dora: true },
    ia3: { type: 'ia3', targets: ['key', 'value', 'ffn_output'] },
    ia3_suffix: { type: 'ia3', targets: ['key', 'value', 'output\\.dense$'], feedforward_targets: ['output\\.dense$'] },
    prefix: { type: 'prefix', num_virtual_tokens: 3 },
    projected: { type: 'prefix', num_virtual_tokens: 3, projection: true, projection_size: 20 },
    prompt: { type: 'prompt', num_virtual_tokens: 3 },
    houlsby: { type: 'houlsby', bottleneck_size: 6 },
    pfeiffer: { type: 'pfeiffer', bottleneck_size: 3 },
    parallel: { type: 'parallel', bottleneck_size: 12 },
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
  ['dora', 'dora', text],
  ['ia3', 'ia3', text],
  ['ia3-suffix', 'ia3_suffix', text],
  ['prefix', 'prefix', ['text_decoder']],
  ['prefix-projection', 'projected', ['text_decoder']],
  ['prompt', 'prompt', text],
  ['adapter-houlsby', 'houlsby', text],
  ['adapter-pfeiffer', 'pfeiffer', text],
  ['adapter-parallel', 'parallel', text],
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
    // peft names a prefix or prompt without the part of the model that it wraps.
    const wrapped = (name: string) => name.replace(/^text_decoder\.(?=prompt_encoder)/, '');
    expect(Object.fromEntries(selected.map(({ name, shape }) => [wrapped(name), shape]))).toEqual(
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

  it('adapts the patch convolution as peft does', () => {
    const shapes = (adapter: Adapter) =>
      select(golden(), {
        parameterGroups: {},
        adapters: { patches: adapter },
        method: { components: { vision_encoder: ['patches'] } },
      }).added.flatMap(({ tensors }) => tensors.map(({ shape }) => shape));
    const targets: [string] = ['patch_embedding'];
    // peft 0.21: lora.Conv2d, ia3.Conv2d; dora.DoraConv2dLayer
    expect(shapes({ type: 'lora', rank: 2, use_dora: true, targets })).toEqual([
      [2, 3, 4, 4],
      [24, 2, 1, 1],
      [1, 24, 1, 1],
    ]);
    expect(shapes({ type: 'ia3', targets })).toEqual([[1, 24, 1, 1]]);
  });

  it('gives each text model a prefix of its own', () => {
    const method = { components: { text_encoder: ['prefix'], text_decoder: ['prefix'] } };
    const { added } = select(golden(), { ...parts, method });
    expect(added.map(({ tensors }) => tensors[0]!.name)).toEqual([
      'text_encoder.prompt_encoder.embedding.weight',
      'text_decoder.prompt_encoder.embedding.weight',
    ]);
  });

  it('shows the over-match of a suffix: attention outputs beside the FFN', () => {
    const method = { components: { text_encoder: ['ia3_suffix'] } };
    const { matches, added } = select(golden(), { ...parts, method });
    const dense = matches[0]!.tensors.filter((name) => name.includes('layer.0') && name.endsWith('dense.weight'));
    expect(dense).toEqual([
      'text_encoder.encoder.layer.0.attention.output.dense.weight',
      'text_encoder.encoder.layer.0.crossattention.output.dense.weight',
      'text_encoder.encoder.layer.0.output.dense.weight',
    ]);
    expect(added).toHaveLength(14);
  });

  it.each([
    [{ vision_encoder: ['lora'] }, 'MP1103', /lora needs linear layers/],
    [{ vision_encoder: ['prefix'] }, 'MP1103', /prefix needs the self-attention of a text encoder/],
    [{ text_encoder: ['prompt'] }, 'MP1103', /prompt needs the input embeddings of a text decoder/],
    [{ text_decoder: ['norms', 'gains'] }, 'MP1104', /norms/],
    [{ text_decoder: ['attn', 'lora'] }, 'MP1104', /lora/],
    [{ text_decoder: ['lora', 'rslora'] }, 'MP1104', /rslora/],
    [{ text_decoder: ['lora', 'ia3'] }, 'MP1104', /self.value.weight/],
    [{ text_decoder: ['houlsby', 'parallel'] }, 'MP1104', /parallel/],
    [{ text_decoder: ['prefix', 'projected'] }, 'MP1104', /projected/],
    [{ text_decoder: ['prefix', 'prompt'] }, 'MP1109', /prefix.*prompt/],
    [{ text_decoder: ['all', 'norms'] }, 'MP1104', /norms/],
    [{ text_decoder: ['unknown'] }, 'MP1101', /unknown/],
  ])('refuses %j with %s', (components, code, message) => {
    const refused = () => select(golden(), { ...parts, method: { components } });
    expect(refused).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
  });

  it('lets methods of different places stand together', () => {
    const components = { vision_encoder: ['norms', 'houlsby'], text_decoder: ['norms', 'attn', 'prefix', 'parallel'] };
    const { base, added } = select(golden(), { ...parts, method: { components } });
    expect([...new Set(base.map(({ group }) => group))]).toEqual(['norms', 'attn']);
    expect([...new Set(added.map(({ adapter }) => adapter))]).toEqual(['houlsby', 'prefix', 'parallel']);
  });

  it.each([
    [{ type: 'lora', rank: 4, targets: ['query'], dropout: 0.1, use_dora: true }, /dropout.*not supported/],
    [{ type: 'prefix', num_virtual_tokens: 3, projection_size: 20 }, /projection_size.*not supported/],
  ])('says what of %j is not computed', (adapter, message) => {
    const settings = {
      parameterGroups: {},
      adapters: { odd: adapter as never },
      method: { components: { text_decoder: ['odd'] } },
    };
    expect(() => select(golden(), settings)).toThrow(
      expect.objectContaining({ code: 'MP1106', message: expect.stringMatching(message) }),
    );
  });
});
