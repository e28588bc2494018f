/**
 * Counts that others have published, to the last digit that they print, from a config.json alone.
 * MILE: README.md of github.com/TIMMY-CHAN/MILE at 34e00c5, tables 1 to 4, column #Params (trained / (base + added)); peft with the targets of its train_*.py.
 * MetaMathQA: github.com/huggingface/peft at 5d602fd, method_comparison/MetaMathQA/results/*.json, train_info.num_trainable_params and num_total_params.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { select } from '../../../runner/methods';
import { inspectCheckpoint } from '../../../runner/models';
import type { Component, Parameter } from '../../../runner/models/types';
import { countParameters } from '../../../runner/plan/counts';
import type { Adapter } from '../../../schemas/generated/spec';

const root = mkdtempSync(path.join(tmpdir(), 'medpeft-published-'));
afterAll(() => rmSync(root, { recursive: true }));

function parametersOf(family: string, config: object): Parameter[] {
  writeFileSync(path.join(root, 'config.json'), JSON.stringify(config));
  return inspectCheckpoint(root, family).parameters;
}

/** Names of adapters by component; `T` trains all of it. */
function count(
  parameters: readonly Parameter[],
  adapters: Record<string, Adapter>,
  of: Partial<Record<Component, string>>,
) {
  const components = Object.fromEntries(
    Object.entries(of).map(([component, name]) => [component, [name === 'T' ? 'all' : name]]),
  );
  const selection = select(parameters, { method: { components }, parameterGroups: {}, adapters });
  return { ...countParameters(parameters, selection), matches: selection.matches };
}

describe('MILE: MISS with 480 pixels', () => {
  let parameters: Parameter[];
  beforeAll(() => {
    const sizes = { hidden_size: 768, num_hidden_layers: 12, num_attention_heads: 12, intermediate_size: 3072 };
    parameters = parametersOf('miss', {
      architectures: ['BlipForQuestionAnswering'],
      model_type: 'blip',
      vision_config: { ...sizes, image_size: 480, patch_size: 16 },
      text_config: { ...sizes, vocab_size: 30524, max_position_embeddings: 512, encoder_hidden_size: 768 },
    });
  });

  // The layers of the image encoder are named by suffix, and "proj" is the patch convolution's name, too.
  const vision = ['qkv', 'proj$', 'fc1', 'fc2'] as [string, ...string[]];
  const lora = (rank: number, targets: [string, ...string[]]): Adapter => ({ type: 'lora', rank, alpha: 32, targets });
  const adapters: Record<string, Adapter> = {
    lora4: lora(4, ['query', 'value']),
    lora8: lora(8, ['query', 'value']),
    lora4_vision: lora(4, vision),
    lora8_vision: lora(8, vision),
    ia3: { type: 'ia3', targets: ['key', 'value', 'output.dense'], feedforward_targets: ['output.dense'] },
    // The README does not name these targets; the FFN's last layers alone give the figure.
    ia3_vision: { type: 'ia3', targets: ['ffn_output'] },
    prefix: { type: 'prefix', num_virtual_tokens: 10, projection: true },
    ptv2: { type: 'prefix', num_virtual_tokens: 10 },
  };

  it('has 361,478,972 parameters, of which 153,600 in LayerNorms', () => {
    const { base_total: total } = count(parameters, adapters, { text_decoder: 'ptv2' });
    expect(total).toBe(361_478_972);
    const components = Object.fromEntries(
      ['vision_encoder', 'text_encoder', 'text_decoder'].map((of) => [of, ['norms']]),
    );
    const settings = {
      method: { components },
      parameterGroups: { norms: { kind: 'layernorm' as const } },
      adapters: {},
    };
    expect(countParameters(parameters, select(parameters, settings))).toMatchObject({ trainable: 153_600, added: 0 });
  });

  it.each([
    // image encoder, text encoder, text decoder, #Params in %
    ['F', 'lora4', 'lora4', '0.163'],
    ['F', 'lora8', 'lora8', '0.325'],
    ['lora4_vision', 'lora4', 'lora4', '0.327'],
    ['lora8_vision', 'lora8', 'lora8', '0.652'],
    ['F', 'T', 'lora4', '38.022'],
    ['F', 'T', 'lora8', '38.072'],
    ['T', 'lora4', 'lora4', '24.009'],
    ['T', 'lora8', 'lora8', '24.133'],
    ['T', 'T', 'lora4', '61.887'],
    ['T', 'T', 'lora8', '61.919'],
    ['F', 'F', 'prefix', '3.926'],
    ['F', 'prefix', 'prefix', '7.556'],
    ['T', 'prefix', 'prefix', '29.636'],
    ['T', 'T', 'prefix', '63.354'],
    ['F', 'ia3', 'ia3', '0.051'],
    ['ia3_vision', 'ia3', 'ia3', '0.061'],
    ['T', 'ia3', 'ia3', '23.924'],
    ['F', 'T', 'ia3', '37.987'],
    ['T', 'T', 'ia3', '61.866'],
    ['F', 'ptv2', 'ptv2', '0.102'],
    ['F', 'F', 'ptv2', '0.051'],
    ['T', 'ptv2', 'ptv2', '23.963'],
    ['T', 'T', 'ptv2', '61.876'],
  ])('%s, %s, %s: %s %%', (image, question, answer, percent) => {
    const chosen = { vision_encoder: image, text_encoder: question, text_decoder: answer };
    const of = Object.fromEntries(Object.entries(chosen).filter(([, name]) => name !== 'F'));
    expect(count(parameters, adapters, of).percent.toFixed(3)).toBe(percent);
  });

  it('shows what the suffixes match beside what they were meant for', () => {
    const { matches } = count(parameters, adapters, { vision_encoder: 'lora4_vision', text_decoder: 'ia3' });
    const [image, text] = matches;
    expect(image!.tensors).toContain('visual_encoder.patch_embed.proj.weight');
    expect(text!.tensors.filter((name) => name.includes('layer.11.'))).toEqual([
      'text_decoder.bert.encoder.layer.11.attention.self.key.weight',
      'text_decoder.bert.encoder.layer.11.attention.self.value.weight',
      'text_decoder.bert.encoder.layer.11.attention.output.dense.weight',
      'text_decoder.bert.encoder.layer.11.crossattention.self.key.weight',
      'text_decoder.bert.encoder.layer.11.crossattention.self.value.weight',
      'text_decoder.bert.encoder.layer.11.crossattention.output.dense.weight',
      'text_decoder.bert.encoder.layer.11.output.dense.weight',
    ]);
  });
});

describe('MetaMathQA: a grouped-query LLaMA of 28 layers, 3,072 wide', () => {
  let parameters: Parameter[];
  beforeAll(() => {
    parameters = parametersOf('llama', {
      architectures: ['LlamaForCausalLM'],
      model_type: 'llama',
      hidden_size: 3072,
      intermediate_size: 8192,
      num_hidden_layers: 28,
      num_attention_heads: 24,
      num_key_value_heads: 8,
      head_dim: 128,
      vocab_size: 128256,
      max_position_embeddings: 131072,
      rms_norm_eps: 1e-5,
      rope_theta: 500000,
      hidden_act: 'silu',
      tie_word_embeddings: true,
      bos_token_id: 128000,
      eos_token_id: 128001,
    });
  });

  const ia3 = (targets: [string, ...string[]], feedforward: string[]): Adapter => ({
    type: 'ia3',
    targets,
    feedforward_targets: feedforward,
  });
  it.each<[string, Adapter | 'all' | 'norms', number, number]>([
    ['full-finetuning', 'all', 3_212_749_824, 3_212_749_824],
    ['ln_tuning', 'norms', 175_104, 3_212_924_928],
    ['lora rank32', { type: 'lora', rank: 32, targets: ['query', 'value'] }, 9_175_040, 3_221_924_864],
    ['lora rank64', { type: 'lora', rank: 64, targets: ['query', 'value'] }, 18_350_080, 3_231_099_904],
    [
      'lora rank64-rslora',
      { type: 'lora', rank: 64, use_rslora: true, targets: ['q_proj', 'v_proj'] },
      18_350_080,
      3_231_099_904,
    ],
    [
      'lora rank32-dora',
      { type: 'lora', rank: 32, use_dora: true, targets: ['query', 'value'] },
      9_289_728,
      3_222_039_552,
    ],
    [
      'lora rank10-target-mlp',
      { type: 'lora', rank: 10, targets: ['ffn_input', 'ffn_gate', 'ffn_output'] },
      9_461_760,
      3_222_211_584,
    ],
    ['ia3 default', { type: 'ia3', targets: ['key', 'value', 'ffn_output'] }, 286_720, 3_213_036_544],
    ['ia3 all-attn', ia3(['_proj$'], ['up_proj', 'gate_proj', 'down_proj']), 630_784, 3_213_380_608],
    ['prefixtuning 200', { type: 'prefix', num_virtual_tokens: 200 }, 11_468_800, 3_224_218_624],
    ['prefixtuning tokens50', { type: 'prefix', num_virtual_tokens: 50 }, 2_867_200, 3_215_617_024],
    ['prompt_tuning 200', { type: 'prompt', num_virtual_tokens: 200 }, 614_400, 3_213_364_224],
  ])('%s', (_name, tuned, trainable, total) => {
    const settings = {
      method: { components: { language_model: [typeof tuned === 'string' ? tuned : 'adapter'] } },
      parameterGroups: { norms: { kind: 'layernorm' as const } },
      adapters: (typeof tuned === 'string' ? {} : { adapter: tuned }) as Record<string, Adapter>,
    };
    const { added, base_total: base, ...counts } = countParameters(parameters, select(parameters, settings));
    expect(counts.trainable).toBe(trainable);
    expect(base).toBe(3_212_749_824);
    // peft tunes copies of the norms, and counts them beside the base's own.
    expect(base + (tuned === 'norms' ? trainable : added)).toBe(total);
  });
});
