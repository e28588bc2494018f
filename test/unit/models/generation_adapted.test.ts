/** Answers generated token by token, with kept keys and values, are those of the whole text at once: for every method that adds something. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ModelSize, randomBatch, writeRandomModel } from '../../../bench/random_model';
import { type Backend, openBackend } from '../../../runner/backends';
import { select } from '../../../runner/methods';
import { inspectCheckpoint } from '../../../runner/models';
import { loadModel } from '../../../runner/models/load';
import type { Adapter } from '../../../schemas/generated/spec';

const size: ModelSize = {
  imageSize: 16,
  patchSize: 8,
  hiddenSize: 16,
  heads: 2,
  visionLayers: 1,
  textLayers: 2,
  vocabulary: 40,
};
const folder = mkdtempSync(path.join(tmpdir(), 'medpeft-generation-'));
let backend: Backend;
beforeAll(async () => {
  writeRandomModel(folder, size);
  backend = await openBackend({ backend: 'onnxruntime', device: 'cpu', threads: 1 });
});
afterAll(() => rmSync(folder, { recursive: true }));

const both = ['text_encoder', 'text_decoder'];
it.each<[Adapter, string[]]>([
  [{ type: 'lora', rank: 2, targets: ['query', 'value'] }, both],
  [{ type: 'lora', rank: 2, targets: ['key', 'ffn_output'], use_dora: true }, both],
  [{ type: 'ia3', targets: ['key', 'value', 'ffn_output'] }, both],
  [{ type: 'prefix', num_virtual_tokens: 3 }, both],
  [{ type: 'prefix', num_virtual_tokens: 3, projection: true }, ['text_decoder']],
  [{ type: 'prompt', num_virtual_tokens: 3 }, ['text_decoder']],
  [{ type: 'houlsby', bottleneck_size: 3 }, both],
  [{ type: 'pfeiffer', bottleneck_size: 3 }, both],
  [{ type: 'parallel', bottleneck_size: 3 }, both],
])('%j', async (adapter, components) => {
  const { parameters } = inspectCheckpoint(folder, 'blip_vqa');
  const method = { components: Object.fromEntries(components.map((component) => [component, ['chosen']])) };
  const selection = select(parameters, { method, parameterGroups: {}, adapters: { chosen: adapter } });
  const model = await loadModel({ folder, family: 'blip_vqa', selection, backend, seed: 0 });
  try {
    // What starts without effect is moved; the scores must depend on it.
    const batch = randomBatch(size, 3, 3, 5, 4);
    const before = (await model.hiddenStates(batch)).get('logits')!.data;
    model.trainables.forEach(({ value }, t) => {
      value.forEach((x, i) => {
        value[i] = x + 0.4 * Math.sin(i + t);
      });
    });
    const after = (await model.hiddenStates(batch)).get('logits')!.data;
    expect(Math.max(...after.map((x, i) => Math.abs(x - before[i]!)))).toBeGreaterThan(1e-2);

    const settings = { numBeams: 1, maxNewTokens: 4, minNewTokens: 4, lengthPenalty: 1, questionMask: 'keep' as const };
    const answers = await model.generate(batch, settings);
    const rows = batch.ids.length;
    const start = batch.decoderInputIds[0]!;
    const read = answers.map((answer) => [start, ...answer.slice(0, 3)]);
    const whole = {
      ...batch,
      decoderInputIds: Int32Array.from(read.flat()),
      decoderAttentionMask: new Int32Array(rows * 4).fill(1),
      labels: Int32Array.from(read.flat()),
      answerLength: 4,
    };
    const { data, shape } = (await model.hiddenStates(whole)).get('logits')!;
    const vocabulary = shape.at(-1)!;
    const places = data.length / vocabulary / rows;
    const stop = 2;
    const best = (row: number, token: number) => {
      const at = (row * places + places - 4 + token) * vocabulary;
      const scores = [...data.subarray(at, at + vocabulary)];
      scores[stop] = Number.NEGATIVE_INFINITY;
      return scores.indexOf(Math.max(...scores));
    };
    expect(answers).toEqual(answers.map((_, row) => [0, 1, 2, 3].map((token) => best(row, token))));
  } finally {
    await model.dispose();
  }
});
