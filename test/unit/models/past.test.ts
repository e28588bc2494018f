/** Generation with kept keys and values gives what reading every text again from its beginning gives, in each family and with whatever a method puts in front. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeRandomModel } from '../../../bench/random_model';
import { type Backend, openBackend } from '../../../runner/backends';
import type { Batch } from '../../../runner/data/types';
import { select } from '../../../runner/methods';
import { inspectCheckpoint } from '../../../runner/models';
import { search } from '../../../runner/models/generation';
import { loadModel } from '../../../runner/models/load';
import { randomStream } from '../../../runner/models/random';
import type { Component, InspectableModel } from '../../../runner/models/types';
import type { Adapter } from '../../../schemas/generated/spec';
import { configs, writeCaptionModel, writeChatModel } from '../../fixtures/families';

const root = mkdtempSync(path.join(tmpdir(), 'medpeft-past-'));
const blip = { imageSize: 16, patchSize: 8, hiddenSize: 16, heads: 2, visionLayers: 1, textLayers: 2, vocabulary: 60 };
const image = Array<number>(4).fill(configs.llava.image_token_index);
let backend: Backend;

beforeAll(async () => {
  backend = await openBackend({ backend: 'onnxruntime', device: 'cpu', threads: 1 });
  writeRandomModel(path.join(root, 'blip_vqa'), blip);
  writeCaptionModel(path.join(root, 'blip_caption'));
  writeChatModel(path.join(root, 'llava'), 'llava');
});
afterAll(() => rmSync(root, { recursive: true }));

interface Case {
  family: string;
  component: Component;
  stop: number;
  /** What is asked, with padding of 0 on the side on which the family pads. */
  asked: number[][];
  /** The start of what the decoder reads, without padding. */
  begins: number[][];
}
const cases: Case[] = [
  {
    family: 'blip_vqa',
    component: 'text_decoder',
    stop: 2,
    asked: [
      [5, 6, 7, 8],
      [9, 8, 0, 0],
    ],
    begins: [[58], [58]],
  },
  {
    family: 'blip_caption',
    component: 'text_decoder',
    stop: 2,
    asked: [
      [58, 6, 7, 8],
      [0, 0, 58, 9],
    ],
    begins: [
      [58, 6, 7, 8],
      [58, 9],
    ],
  },
  {
    family: 'llava',
    component: 'language_model',
    stop: 2,
    asked: [
      [1, 270, ...image, 281, 265],
      [0, 0, 1, ...image, 266],
    ],
    begins: [
      [1, 270, ...image, 281, 265],
      [1, ...image, 266],
    ],
  },
];
const adapters: Record<string, Adapter | undefined> = {
  'no method': undefined,
  lora: { type: 'lora', rank: 2, targets: ['key', 'value', 'ffn_output'] },
  ia3: { type: 'ia3', targets: ['key', 'value', 'ffn_output'] },
  prefix: { type: 'prefix', num_virtual_tokens: 2 },
  prompt: { type: 'prompt', num_virtual_tokens: 3 },
};

function batchOf(asked: readonly number[][], read: readonly number[][], rows: readonly number[]): Batch {
  const flat = (texts: readonly number[][]) => Int32Array.from(texts.flat());
  const [ids, decoder] = [flat(asked), flat(read)];
  const side = 3 * 16 * 16;
  return {
    ids: rows.map(String),
    imageKeys: rows.map((row) => `image ${row}`),
    pixelValues: Float32Array.from(
      { length: rows.length * side },
      (_, i) => ((i % side) * (rows[Math.floor(i / side)]! + 2)) % 5,
    ),
    imageSize: 16,
    imageOf: Int32Array.from(rows, (_, i) => i),
    inputIds: ids,
    attentionMask: ids.map((id) => (id ? 1 : 0)),
    questionLength: asked[0]!.length,
    decoderInputIds: decoder,
    decoderAttentionMask: decoder.map(() => 1),
    labels: decoder,
    answerLength: read[0]!.length,
  };
}

async function open({ family, component }: Case, adapter: Adapter | undefined): Promise<InspectableModel> {
  const folder = path.join(root, family);
  const selection = select(inspectCheckpoint(folder, family).parameters, {
    method: { components: adapter ? { [component]: ['added'] } : {} },
    parameterGroups: {},
    adapters: adapter ? { added: adapter } : {},
  });
  const model = await loadModel({ folder, family, selection, backend, seed: 0 });
  const random = randomStream(3, 'values');
  for (const { value } of model.trainables) value.set(value.map(() => random() - 0.3));
  return model;
}

describe.each(cases)('$family', (one) => {
  it.each(Object.keys(adapters))('with %s', async (name) => {
    const model = await open(one, adapters[name]);
    const settings = { numBeams: 3, maxNewTokens: 6, minNewTokens: 3, lengthPenalty: 1, questionMask: 'keep' } as const;
    const kept = await model.decode(
      batchOf(
        one.asked,
        one.begins.map(() => [0]),
        [0, 1],
      ),
      settings,
    );
    const again = await search(
      2,
      [one.stop],
      async (prefixes) => {
        const scores: number[] = [];
        for (const { row, tokens } of prefixes) {
          const text = [...one.begins[row]!, ...tokens];
          const { data, shape } = (await model.hiddenStates(batchOf([one.asked[row]!], [text], [row]))).get('logits')!;
          scores.push(...data.subarray((shape[0]! - 1) * shape[1]!));
        }
        return Float32Array.from(scores);
      },
      settings,
    );
    await model.dispose();
    expect(kept.map(({ tokens }) => tokens)).toEqual(again.map(({ tokens }) => tokens));
    for (const [i, { score }] of kept.entries()) expect(score).toBeCloseTo(again[i]!.score, 4);
  });
});
