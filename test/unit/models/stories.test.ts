/**
 * A language model with real weights: karpathy's stories260K (8 heads of queries on 4 of keys, tied embeddings), read from llama2.c's file into Hugging Face's layout.
 * Expected values: data/weights, made by llama2.c's run.c, and its published greedy text.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBackend } from '../../../runner/backends';
import { byteName, type Piece, sentencePiece } from '../../../runner/data/sentencepiece';
import type { Batch } from '../../../runner/data/types';
import { inspectCheckpoint } from '../../../runner/models';
import { loadModel } from '../../../runner/models/load';
import { sizeOf, type TensorToWrite, writeSafetensors } from '../../../runner/models/safetensors';
import type { InspectableModel } from '../../../runner/models/types';
import { adamwStep, zeroMoments } from '../../../runner/training/adamw';
import { describeShared, sharedPath } from '../../shared';

/** The halves that rotate together stand side by side in llama2.c, one half after the other in Hugging Face's layout: [H, dh / 2, 2, in] -> [H, 2, dh / 2, in]. */
function halves(weight: Float32Array, heads: number, width: number): Float32Array {
  const size = weight.length / heads / width;
  const out = new Float32Array(weight.length);
  for (let head = 0; head < heads; head++)
    for (let i = 0; i < size; i++) {
      const from = (head * size + i) * width;
      const to = head * size + (i % 2) * (size / 2) + Math.floor(i / 2);
      out.set(weight.subarray(from, from + width), to * width);
    }
  return out;
}

/** Writes config.json and model.safetensors of a llama2.c file. Source: karpathy/llama2.c `run.c`, memory_map_weights. */
function convert(file: string, folder: string): void {
  const bytes = readFileSync(file);
  const [dim, hidden, layers, heads, keyHeads, vocabulary, length] = Array.from({ length: 7 }, (_, i) =>
    bytes.readInt32LE(4 * i),
  ) as [number, number, number, number, number, number, number];
  const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset + 28, bytes.byteOffset + bytes.length));
  const keys = (dim / heads) * keyHeads;
  const tensors = new Map<string, TensorToWrite>();
  let at = 0;
  const take = (name: string, shape: number[], change = (data: Float32Array) => data) => {
    tensors.set(name, { shape, data: change(values.slice(at, at + sizeOf(shape))) });
    at += sizeOf(shape);
  };
  const each = (name: string, shape: number[], change?: (data: Float32Array) => Float32Array) => {
    for (let layer = 0; layer < layers; layer++) take(`model.layers.${layer}.${name}.weight`, shape, change);
  };
  take('model.embed_tokens.weight', [vocabulary, dim]);
  each('input_layernorm', [dim]);
  each('self_attn.q_proj', [dim, dim], (data) => halves(data, heads, dim));
  each('self_attn.k_proj', [keys, dim], (data) => halves(data, keyHeads, dim));
  each('self_attn.v_proj', [keys, dim]);
  each('self_attn.o_proj', [dim, dim]);
  each('post_attention_layernorm', [dim]);
  each('mlp.gate_proj', [hidden, dim]);
  each('mlp.down_proj', [dim, hidden]);
  each('mlp.up_proj', [hidden, dim]);
  take('model.norm.weight', [dim]);
  const config = {
    architectures: ['LlamaForCausalLM'],
    model_type: 'llama',
    vocab_size: vocabulary,
    hidden_size: dim,
    intermediate_size: hidden,
    num_hidden_layers: layers,
    num_attention_heads: heads,
    num_key_value_heads: keyHeads,
    max_position_embeddings: length,
    rms_norm_eps: 1e-5,
    tie_word_embeddings: true,
  };
  writeFileSync(path.join(folder, 'config.json'), JSON.stringify(config));
  writeSafetensors(path.join(folder, 'model.safetensors'), tensors);
}

/** Pieces of llama2.c's tokenizer file: the longest piece's length, then score, length and bytes of each. Source: llama2.c `tokenizer.py`. */
function readPieces(file: string): Piece[] {
  const bytes = readFileSync(file);
  const pieces: Piece[] = [];
  for (let at = 4; at < bytes.length; ) {
    const length = bytes.readInt32LE(at + 4);
    const text = bytes.toString('utf8', at + 8, at + 8 + length).replaceAll(' ', '\u2581');
    const id = pieces.length;
    if (id === 0) pieces.push({ text: '<unk>', score: 0, type: 'unknown' });
    else if (id < 3) pieces.push({ text: id === 1 ? '<s>' : '</s>', score: 0, type: 'control' });
    else if (id < 259) pieces.push({ text: byteName(id - 3), score: 0, type: 'byte' });
    else pieces.push({ text, score: bytes.readFloatLE(at), type: 'normal' });
    at += 8 + length;
  }
  return pieces;
}

function batchOf(ids: readonly number[]): Batch {
  const row = Int32Array.from(ids);
  const mask = new Int32Array(row.length).fill(1);
  return {
    ids: ['text'],
    imageKeys: [],
    pixelValues: new Float32Array(),
    imageSize: 0,
    imageOf: new Int32Array(1),
    inputIds: row,
    attentionMask: mask,
    questionLength: row.length,
    decoderInputIds: row,
    decoderAttentionMask: mask,
    labels: row,
    answerLength: row.length,
  };
}

describeShared('data/weights', 'stories260K', () => {
  const source = (name: string) => sharedPath('data/weights/stories260K', name);
  const folder = mkdtempSync(path.join(tmpdir(), 'medpeft-stories-'));
  const pieces = sentencePiece(readPieces(source('tok512.bin')), {
    addDummyPrefix: true,
    removeExtraWhitespaces: false,
  });
  const { prompts } = JSON.parse(readFileSync(source('expected_logits.json'), 'utf8')) as {
    prompts: { text: string; ids: number[]; nll: number[]; mean_nll: number; last_logits: number[] }[];
  };
  const hf = { kind: 'hf', labelSmoothing: 0 } as const;
  let model: InspectableModel;

  beforeAll(async () => {
    convert(source('stories260K.bin'), folder);
    const base = inspectCheckpoint(folder, 'llama')
      .parameters.filter(({ kind }) => kind === 'layernorm')
      .map((parameter) => ({ parameter, group: 'norms' }));
    const backend = await openBackend({ backend: 'onnxruntime', device: 'cpu', threads: 1 });
    const selection = { base, added: [], matches: [] };
    model = await loadModel({ folder, family: 'llama', selection, backend, seed: 0 });
  });
  afterAll(async () => {
    await model.dispose();
    rmSync(folder, { recursive: true });
  });

  it.each(prompts)('$text', async ({ text, ids, mean_nll: mean, last_logits: expected }) => {
    expect([1, ...pieces.encode(text)]).toEqual(ids);
    const { data, shape } = (await model.hiddenStates(batchOf(ids))).get('logits')!;
    const last = data.subarray((shape[0]! - 1) * shape[1]!);
    const largest = Math.max(...expected.map(Math.abs));
    for (const [i, value] of expected.entries()) expect(Math.abs(last[i]! - value)).toBeLessThan(1e-4 * largest);
    expect(await model.loss(batchOf(ids), hf, ids.length - 1)).toBeCloseTo(mean, 4);
  });

  it('tells the published story, token by token', async () => {
    const story = readFileSync(source('expected_greedy_200.txt'), 'utf8');
    const settings = {
      numBeams: 1,
      maxNewTokens: 200,
      minNewTokens: 0,
      lengthPenalty: 1,
      questionMask: 'keep',
    } as const;
    const [tokens] = await model.generate(batchOf([1]), settings);
    const told = pieces.decode(tokens!);
    expect(told.length).toBeGreaterThan(400);
    expect(story.startsWith(told.slice(0, story.trimEnd().length))).toBe(true);
  });

  it('learns a medical sentence by its norms alone', async () => {
    const { ids, mean_nll: before } = prompts[1]!;
    const moments = new Map(model.trainables.map(({ name, value }) => [name, zeroMoments(value)]));
    for (let step = 1; step <= 10; step++) {
      const { gradients } = await model.lossAndGradients(batchOf(ids), hf, ids.length - 1);
      for (const { name, value } of model.trainables)
        adamwStep(
          value,
          gradients.get(name)!,
          moments.get(name)!,
          { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
          { rate: 0.02, decay: 0, scale: 1, step },
        );
    }
    expect(await model.loss(batchOf(ids), hf, ids.length - 1)).toBeLessThan(before - 0.5);
  });
});
