/** LLaVA and LLaMA rehearsed in shapes: the products that a step then really computes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Backend } from '../../../runner/backends';
import type { Batch } from '../../../runner/data/types';
import { type MethodSettings, select } from '../../../runner/methods';
import { inspectCheckpoint } from '../../../runner/models';
import { footprintOf, type RehearsedChain } from '../../../runner/models/footprint';
import { loadModel } from '../../../runner/models/load';
import { memoryNeeds, shapedBatch, tunedParts } from '../../../runner/plan/memory';
import { programFlops } from '../../../runner/programs/cost';
import { configs, writeChatModel } from '../../fixtures/families';
import { watchedBackend } from './watched';

const root = mkdtempSync(path.join(tmpdir(), 'medpeft-rehearsal-'));
afterAll(() => rmSync(root, { recursive: true }));

let flops = 0;
let backend: Backend;
beforeAll(async () => {
  for (const name of ['llava', 'llama'] as const) writeChatModel(path.join(root, name), name);
  backend = await watchedBackend((program, feeds) => {
    flops += programFlops(program, feeds);
  });
});

const sizes = { rows: 2, images: 1, questionTokens: 5, answerTokens: 3 };
const patches = 4;

/** Two questions on one image, as long as rehearsed. */
function batch(sees: boolean): Batch {
  const image = sees ? Array<number>(patches).fill(configs.llava.image_token_index) : [];
  const prompt = [...image, ...Array<number>(sizes.questionTokens).fill(270)];
  const text = [...prompt, ...Array<number>(sizes.answerTokens).fill(271)];
  const twice = (row: readonly number[]) => Int32Array.from([...row, ...row]);
  return {
    ids: ['a', 'b'],
    imageKeys: ['one'],
    pixelValues: Float32Array.from({ length: 3 * 16 * 16 }, (_, i) => (i % 7) / 7),
    imageSize: 16,
    imageOf: new Int32Array(2),
    inputIds: twice(prompt),
    attentionMask: twice(prompt.map(() => 1)),
    questionLength: prompt.length,
    decoderInputIds: twice(text),
    decoderAttentionMask: twice(text.map(() => 1)),
    labels: twice(text.map((id, i) => (i < prompt.length ? -100 : id))),
    answerLength: text.length,
  };
}

const methods: Record<string, Record<string, MethodSettings['method']['components']>> = {
  llava: {
    'norms of the language model': { language_model: ['norms'] },
    'norms everywhere': { vision_encoder: ['norms'], language_model: ['norms'] },
    'the projector': { projector: ['all'] },
    lora: { language_model: ['lora'] },
    prefix: { language_model: ['prefix'] },
    prompt: { language_model: ['prompt'] },
  },
  llama: { norms: { language_model: ['norms'] }, lora: { language_model: ['lora'] } },
};

function selectionOf(family: string, components: MethodSettings['method']['components']) {
  const checkpoint = inspectCheckpoint(path.join(root, family), family);
  const settings: MethodSettings = {
    method: { components },
    parameterGroups: { norms: { kind: 'layernorm' } },
    adapters: {
      lora: { type: 'lora', rank: 2, targets: ['query', 'ffn_output'] },
      prefix: { type: 'prefix', num_virtual_tokens: 3 },
      prompt: { type: 'prompt', num_virtual_tokens: 3 },
    },
  };
  return { checkpoint, selection: select(checkpoint.parameters, settings) };
}

describe.each(Object.keys(methods))('%s', (family) => {
  it.each(Object.entries(methods[family]!))('%s: operations as computed', async (_, components) => {
    const { checkpoint, selection } = selectionOf(family, components);
    const rehearsed = checkpoint.family.rehearse!(checkpoint.config, shapedBatch(sizes), ...tunedParts(selection));
    const model = await loadModel({ folder: checkpoint.folder, family, selection, backend, seed: 0 });
    const step = () =>
      model.lossAndGradients(batch(family === 'llava'), { kind: 'hf', labelSmoothing: 0 }, 6, {
        seed: 0,
        step: 0,
        microBatch: 0,
      });
    // the first one encodes images
    await step();
    flops = 0;
    await step();
    await model.dispose();
    expect(footprintOf(rehearsed.steps, rehearsed.feeds).flops).toBe(flops);
  });

  it.each(Object.entries(methods[family]!))('%s: operations of answers as computed', async (_, components) => {
    const { checkpoint, selection } = selectionOf(family, components);
    const shaped = shapedBatch(sizes);
    const [, adaptations] = tunedParts(selection);
    const answering = checkpoint.family.rehearse!(checkpoint.config, shaped, new Set(), adaptations).answering!();
    const model = await loadModel({ folder: checkpoint.folder, family, selection, backend, seed: 0 });
    // Answers of three tokens are rehearsed with two of them read: the mean of no to four.
    const settings = { numBeams: 1, maxNewTokens: 6, minNewTokens: 6, lengthPenalty: 1, questionMask: 'keep' as const };
    flops = 0;
    await model.generate(batch(family === 'llava'), settings);
    const first = flops;
    flops = 0;
    await model.generate(batch(family === 'llava'), settings);
    await model.dispose();
    const of = ({ steps, feeds }: RehearsedChain) => footprintOf(steps, feeds).flops;
    expect(flops).toBe(of(answering.questions) + 5 * of(answering.token(sizes.rows)));
    expect(first - flops).toBe(answering.image ? of(answering.image) : 0);
  });
});

it('what is streamed takes the largest block and the next one as it lies in the file', () => {
  const { checkpoint, selection } = selectionOf('llama', { language_model: ['norms'] });
  const needs = memoryNeeds(checkpoint, selection, sizes, { images: 0, accumulates: false })!;
  const bytes = (pattern: RegExp) =>
    checkpoint.parameters
      .filter(({ name, shape }) => shape.length > 1 && pattern.test(name))
      .reduce((sum, { shape }) => sum + 4 * shape[0]! * shape[1]!, 0);
  // float32 in the file; the embeddings are the head, and larger than a layer
  const [words, layer] = [bytes(/embed_tokens/), bytes(/layers\.0\./)];
  expect(needs.recomputedBytes - needs.leastBytes).toBe(bytes(/./) - (words + layer));
});
