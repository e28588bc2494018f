/** LLaVA and LLaMA: every published layout, shards and 16-bit files, what no gradient reaches, and generation that reads each token once. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Backend, openBackend } from '../../../runner/backends';
import type { Batch } from '../../../runner/data/types';
import { families, inspectCheckpoint } from '../../../runner/models';
import { search } from '../../../runner/models/generation';
import { loadModel } from '../../../runner/models/load';
import { readHeader, readTensor, type TensorToWrite, writeSafetensors } from '../../../runner/models/safetensors';
import type { InspectableModel } from '../../../runner/models/types';
import { configs, randomTensors } from '../../fixtures/families';
import { describeShared, sharedPath } from '../../shared';

const root = mkdtempSync(path.join(tmpdir(), 'medpeft-llava-'));
const at = (...parts: string[]) => path.join(root, ...parts);
let backend: Backend;

beforeAll(async () => {
  backend = await openBackend({ backend: 'onnxruntime', device: 'cpu', threads: 1 });
});
afterAll(() => rmSync(root, { recursive: true }));

function write(
  name: string,
  config: unknown,
  files: Record<string, Map<string, TensorToWrite>>,
  dtype?: 'F16',
): string {
  mkdirSync(at(name), { recursive: true });
  writeFileSync(at(name, 'config.json'), JSON.stringify(config));
  for (const [file, tensors] of Object.entries(files)) writeSafetensors(at(name, file), tensors, { dtype });
  return at(name);
}

async function using<T>(folder: string, family: string, use: (model: InspectableModel) => Promise<T>): Promise<T> {
  const model = await loadModel({ folder, family, selection: { base: [], added: [], matches: [] }, backend, seed: 0 });
  try {
    return await use(model);
  } finally {
    await model.dispose();
  }
}

describeShared('parity', 'the layouts of LLaVA’s tensors', () => {
  const folder = sharedPath('parity/llava-mistral');
  const json = <T>(name: string): T => JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as T;
  const config = json<Record<string, unknown>>('config.json');
  const names = Object.entries(json<Record<string, Record<string, string>>>('key_names.json'));
  const layouts = ['file', 'hf_4_52', 'llava_1_5_hf', 'llava_med'] as const;

  it.each(layouts)('%s: every tensor finds its place', (layout) => {
    const written = names.map(([, known]) => known[layout]!);
    const buffers = [
      'model.layers.0.self_attn.rotary_emb.inv_freq',
      'vision_tower.vision_model.embeddings.position_ids',
    ];
    const placed = families.llava!.place(config, [...written, ...buffers]);
    expect({ missing: placed.missing, unplaced: placed.unplaced }).toEqual({ missing: [], unplaced: [] });
    expect(placed.extras).toEqual(buffers);
    const canonical = new Map(names.map(([inside, known]) => [known[layout]!, inside]));
    for (const parameter of placed.parameters) expect(parameter.canonical).toBe(canonical.get(parameter.name));
  });

  it('names what has no place, and a head that tied embeddings do not have', () => {
    const written = names.map(([, known]) => known.file!);
    expect(families.llava!.place(config, [...written, 'image_newline']).unplaced).toEqual(['image_newline']);
    const tied = families.llava!.place(
      { ...config, text_config: { ...(config.text_config as object), tie_word_embeddings: true } },
      written,
    );
    expect([tied.extras, tied.missing]).toEqual([['language_model.lm_head.weight'], []]);
  });

  it('reads LLaVA-Med’s own config.json as the same network', () => {
    const { text_config: text, vision_config: vision } = config as Record<string, Record<string, unknown>>;
    const own = {
      ...text,
      architectures: ['LlavaMistralForCausalLM'],
      model_type: 'llava_mistral',
      mm_vision_tower: 'somewhere/tower',
      mm_projector_type: 'mlp2x_gelu',
      mm_vision_select_layer: -2,
      mm_vision_select_feature: 'patch',
      vision_config: vision,
    };
    const shapes = (of: unknown) => families.llava!.parameters(of).map(({ canonical, shape }) => [canonical, shape]);
    expect(shapes(own)).toEqual(shapes(config));
    expect(() => families.llava!.parameters({ ...own, vision_config: undefined })).toThrow(/somewhere\/tower/);
    expect(() => families.llava!.parameters({ ...own, mm_projector_type: 'linear' })).toThrow(/mm_projector_type/);
  });

  it('knows what no gradient reaches, as forward.json lists it; in LLaVA’s own code the whole tower', () => {
    const { without_gradient: expected } = json<{ without_gradient: string[] }>('forward.json');
    const unreached = (of: unknown) =>
      families.llava!.parameters(of).filter((parameter) => families.llava!.withoutGradient(of, parameter));
    expect(
      unreached(config)
        .map(({ name }) => name)
        .sort(),
    ).toEqual([...expected].sort());
    const tower = families
      .llava!.parameters(configs.llava_med)
      .filter(({ component }) => component === 'vision_encoder');
    expect(unreached(configs.llava_med)).toEqual(tower);
  });
});

// Mistral-7B 7,241,732,096 (as published), the tower of CLIP ViT-L/14-336 303,507,456, the projector 1025 · 4096 + 4097 · 4096.
it('LLaVA-Med v1.5 has 7,566,219,264 parameters, 368,640 of them in norms', () => {
  const config = {
    architectures: ['LlavaMistralForCausalLM'],
    model_type: 'llava_mistral',
    mm_vision_tower: 'openai/clip-vit-large-patch14-336',
    mm_projector_type: 'mlp2x_gelu',
  };
  const count = (some: readonly { shape: readonly number[] }[]) =>
    some.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  const parameters = families.llava!.parameters(config);
  const norms = parameters.filter(({ kind }) => kind === 'layernorm');
  expect(count(norms)).toBe(368_640);
  expect(count(norms.filter(({ component }) => component === 'language_model'))).toBe(266_240);
  expect(count(parameters)).toBe(7_241_732_096 + 303_507_456 + 1025 * 4096 + 4097 * 4096);
});

describe('shards and 16-bit files', () => {
  const tensors = randomTensors('llava', configs.llava);
  const batch = (): Batch => ({
    ids: ['a'],
    imageKeys: ['one'],
    pixelValues: Float32Array.from({ length: 3 * 16 * 16 }, (_, i) => (i % 7) / 7),
    imageSize: 16,
    imageOf: Int32Array.of(0),
    inputIds: Int32Array.of(1, ...Array(4).fill(configs.llava.image_token_index), 270),
    attentionMask: new Int32Array(6).fill(1),
    questionLength: 6,
    decoderInputIds: Int32Array.of(1, ...Array(4).fill(configs.llava.image_token_index), 270, 271, 2),
    decoderAttentionMask: new Int32Array(8).fill(1),
    labels: Int32Array.of(-100, -100, -100, -100, -100, -100, 271, 2),
    answerLength: 8,
  });
  const hf = { kind: 'hf', labelSmoothing: 0 } as const;
  const lossOf = (folder: string) => using(folder, 'llava', (model) => model.loss(batch(), hf, 2));

  it('give what one file of float32 gives, to the bit or to their precision', async () => {
    const whole = write('whole', configs.llava, { 'model.safetensors': tensors });
    const all = [...tensors];
    const shards = {
      'model-00001-of-00002.safetensors': new Map(all.slice(0, 30)),
      'model-00002-of-00002.safetensors': new Map(all.slice(30)),
    };
    const sharded = write('sharded', configs.llava, shards);
    const map = Object.entries(shards).flatMap(([file, some]) => [...some.keys()].map((name) => [name, file]));
    writeFileSync(
      at('sharded', 'model.safetensors.index.json'),
      JSON.stringify({ weight_map: Object.fromEntries(map) }),
    );
    const halves = write('halves', configs.llava, { 'model.safetensors': tensors }, 'F16');
    const bfloats = write('bfloats', configs.llava, {});
    writeFileSync(at('bfloats', 'model.safetensors'), inBfloat(tensors));
    const expected = await lossOf(whole);
    expect(await lossOf(sharded)).toBe(expected);
    expect(await lossOf(halves)).toBeCloseTo(expected, 2);
    expect(await lossOf(bfloats)).toBeCloseTo(expected, 1);
    expect(readTensor(readHeader(at('bfloats', 'model.safetensors')), 'language_model.model.norm.weight')[0]).not.toBe(
      0,
    );
  });

  it('without a shard are refused by its name', () => {
    rmSync(at('sharded', 'model-00002-of-00002.safetensors'));
    expect(() => inspectCheckpoint(at('sharded'), 'llava')).toThrow(/model-00002-of-00002/);
  });

  it('a text with more image tokens than its image has vectors is refused', async () => {
    const long = { ...batch(), decoderInputIds: new Int32Array(8).fill(configs.llava.image_token_index) };
    await expect(using(at('whole'), 'llava', (model) => model.loss(long, hf, 2))).rejects.toMatchObject({
      code: 'MP3102',
    });
  });
});

/** The upper halves of the float32 values, rounded down. */
function inBfloat(tensors: ReadonlyMap<string, TensorToWrite>): Uint8Array {
  const header: Record<string, unknown> = {};
  const data: Uint8Array[] = [];
  let offset = 0;
  for (const [name, { shape, data: values }] of tensors) {
    const words = Uint16Array.from(new Uint32Array(values.buffer), (word) => word >>> 16);
    header[name] = { dtype: 'BF16', shape, data_offsets: [offset, offset + words.byteLength] };
    offset += words.byteLength;
    data.push(new Uint8Array(words.buffer));
  }
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, ...data]);
}

describe('generation', () => {
  it.each([1, 3])('with %i beams gives the tokens and scores of reading everything again', async (numBeams) => {
    const folder = write('llama', configs.llama, { 'model.safetensors': randomTensors('llama', configs.llama) });
    const prompts = [
      [1, 270, 265, 280],
      [1, 290],
    ];
    const length = 4;
    const padded = prompts.map((ids) => [...Array<number>(length - ids.length).fill(0), ...ids]);
    const batch: Batch = {
      ids: ['a', 'b'],
      imageKeys: [],
      pixelValues: new Float32Array(),
      imageSize: 0,
      imageOf: new Int32Array(2),
      inputIds: Int32Array.from(padded.flat()),
      attentionMask: Int32Array.from(padded.flat(), (id) => (id ? 1 : 0)),
      questionLength: length,
      decoderInputIds: new Int32Array(),
      decoderAttentionMask: new Int32Array(),
      labels: new Int32Array(),
      answerLength: 0,
    };
    const settings = { numBeams, maxNewTokens: 8, minNewTokens: 2, lengthPenalty: 1, questionMask: 'keep' } as const;
    await using(folder, 'llama', async (model) => {
      const kept = await model.decode(batch, settings);
      const again = await search(
        2,
        [2],
        async (prefixes) => {
          const scores: number[] = [];
          for (const { row, tokens } of prefixes) {
            const ids = Int32Array.from([...prompts[row]!, ...tokens]);
            const one = {
              ...batch,
              ids: ['x'],
              imageOf: new Int32Array(1),
              decoderInputIds: ids,
              decoderAttentionMask: new Int32Array(ids.length).fill(1),
              labels: ids,
              answerLength: ids.length,
            };
            const { data, shape } = (await model.hiddenStates(one)).get('logits')!;
            scores.push(...data.subarray((shape[0]! - 1) * shape[1]!));
          }
          return Float32Array.from(scores);
        },
        settings,
      );
      expect(kept.map(({ tokens }) => tokens)).toEqual(again.map(({ tokens }) => tokens));
      for (const [i, { score }] of kept.entries()) expect(score).toBeCloseTo(again[i]!.score, 4);
    });
  });
});
