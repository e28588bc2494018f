/** The computing model as a whole, on small random weights: what is shared, cached, frozen, refused. Its values are held to PyTorch's in test/parity. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ModelSize, randomBatch, writeRandomModel } from '../../../bench/random_model';
import { type Backend, openBackend } from '../../../runner/backends';
import type { Batch } from '../../../runner/data/types';
import { adapterMethods } from '../../../runner/methods';
import type { Selection } from '../../../runner/methods/types';
import { inspectCheckpoint } from '../../../runner/models';
import { groupsOf } from '../../../runner/models/blip/groups';
import { loadModel } from '../../../runner/models/load';
import { readHeader, readTensor, writeSafetensors } from '../../../runner/models/safetensors';
import type { InspectableModel, LossSettings, Parameter } from '../../../runner/models/types';

const size: ModelSize = {
  imageSize: 16,
  patchSize: 8,
  hiddenSize: 16,
  heads: 2,
  visionLayers: 2,
  textLayers: 2,
  vocabulary: 40,
};
const loss: LossSettings = { kind: 'miss', labelSmoothing: 0.1 };
const root = mkdtempSync(path.join(tmpdir(), 'medpeft-model-'));
const folder = path.join(root, 'model');
let backend: Backend;
/** Names of the programs that were compiled. */
const compiled: string[] = [];

beforeAll(async () => {
  writeRandomModel(folder, size);
  const real = await openBackend({ backend: 'onnxruntime', device: 'cpu', threads: 1 });
  backend = {
    ...real,
    compile(program) {
      compiled.push(program.name);
      return real.compile(program);
    },
  };
});
afterAll(() => rmSync(root, { recursive: true }));

function chosen(matches: (parameter: Parameter) => boolean): Selection {
  const { parameters } = inspectCheckpoint(folder, 'blip_vqa');
  return {
    base: parameters.filter(matches).map((parameter) => ({ parameter, group: 'chosen' })),
    added: [],
    matches: [],
  };
}

function lora(...names: string[]): Selection {
  const { parameters } = inspectCheckpoint(folder, 'blip_vqa');
  const adapter = { type: 'lora', rank: 2, alpha: 1, targets: ['query'] } as const;
  const added = names.flatMap((name) => {
    const target = parameters.find((parameter) => parameter.name === name)!;
    return adapterMethods.lora!.place('low', { ...adapter, targets: [...adapter.targets] }, [target]);
  });
  return { base: [], added, matches: [] };
}

async function using<T>(
  selection: Selection,
  use: (model: InspectableModel) => Promise<T>,
  seed = 0,
  imageSize?: number,
): Promise<T> {
  compiled.length = 0;
  const model = await loadModel({ folder, family: 'blip_vqa', selection, backend, seed, imageSize });
  try {
    return await use(model);
  } finally {
    await model.dispose();
  }
}

/** The same items, every row with an image of its own. */
function unshared(batch: Batch): Batch {
  const each = batch.pixelValues.length / batch.imageKeys.length;
  const pixelValues = new Float32Array(batch.ids.length * each);
  for (const [row, image] of batch.imageOf.entries())
    pixelValues.set(batch.pixelValues.subarray(image * each, (image + 1) * each), row * each);
  const imageOf = Int32Array.from(batch.ids, (_, row) => row);
  return { ...batch, pixelValues, imageOf, imageKeys: batch.ids.map((id) => `own ${id}`) };
}

function close(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  const largest = Math.max(...Array.from(expected, Math.abs), 1e-3);
  for (let i = 0; i < expected.length; i++) expect(Math.abs(actual[i]! - expected[i]!) / largest).toBeLessThan(1e-4);
}

describe('views of one study', () => {
  /** The batch with these images, in this order, `views` to a study. */
  function withImages(batch: Batch, images: readonly number[], views: number): Batch {
    const each = batch.pixelValues.length / batch.imageKeys.length;
    const pixelValues = new Float32Array(images.length * each);
    for (const [i, image] of images.entries())
      pixelValues.set(batch.pixelValues.subarray(image * each, (image + 1) * each), i * each);
    return { ...batch, pixelValues, imageKeys: images.map((image) => batch.imageKeys[image]!), views };
  }

  it('have their tokens joined: repeated they change nothing, their order neither, a further one does', async () => {
    await using(
      chosen(() => true),
      async (model) => {
        const batch = randomBatch(size, 4, 2, 5, 4);
        const run = (images: readonly number[], views: number) =>
          model.lossAndGradients(withImages(batch, images, views), loss, 4);
        const single = await run([0, 1], 1);
        const repeated = await run([0, 0, 1, 1], 2);
        expect(repeated.loss).toBeCloseTo(single.loss, 4);
        for (const [name, gradient] of single.gradients)
          if (!name.endsWith('key.bias')) close(repeated.gradients.get(name)!, gradient);
        const joined = await run([0, 1, 1, 0], 2);
        const turned = await run([1, 0, 0, 1], 2);
        expect(turned.loss).toBeCloseTo(joined.loss, 4);
        expect(Math.abs(joined.loss - single.loss)).toBeGreaterThan(1e-3);
        const settings = {
          numBeams: 2,
          maxNewTokens: 4,
          minNewTokens: 0,
          lengthPenalty: 1,
          questionMask: 'keep',
        } as const;
        expect(await model.generate(withImages(batch, [0, 0, 0, 1, 1, 1], 3), settings)).toEqual(
          await model.generate(batch, settings),
        );
      },
    );
  });
});

describe('images that several questions share', () => {
  it.each(['every tensor', 'the text side'])(
    'give the loss and gradients of separate images; trained: %s',
    async (which) => {
      const selection = chosen(({ component }) => which === 'every tensor' || component !== 'vision_encoder');
      await using(selection, async (model) => {
        const batch = randomBatch(size, 6, 2, 5, 4);
        const shared = await model.lossAndGradients(batch, loss, 6);
        const separate = await model.lossAndGradients(unshared(batch), loss, 6);
        expect(shared.targetTokens).toBe(18);
        expect(shared.loss).toBeCloseTo(separate.loss, 4);
        expect([...shared.gradients.keys()].sort()).toEqual(model.trainables.map(({ name }) => name).sort());
        for (const [name, gradient] of separate.gradients)
          if (!name.endsWith('key.bias')) close(shared.gradients.get(name)!, gradient);
      });
    },
  );
});

describe('questions grouped by image', () => {
  it.each([
    ['as many on each', [0, 1, 0, 1], 2],
    ['some with many, some with few', [2, 0, 2, 2, 1, 2], 3],
    ['an image that nobody asks about', [1, 1], 2],
  ])('%s: every text has a place of its own beside those that look at the same', (_, of, images) => {
    const { groups, places, apart, together } = groupsOf(of, images, 5, [2, 8]);
    expect(places.map((place) => groups[place])).toEqual([...of.keys()]);
    expect(places.map((place) => Math.floor(place / (groups.length / images)))).toEqual(of);
    expect(apart).toEqual([groups.length, 5, 2, 8]);
    expect(together).toEqual([images, (5 * groups.length) / images, 2, 8]);
  });

  it('give the gradients of separate images, however unequal the groups', async () => {
    await using(
      chosen(() => true),
      async (model) => {
        const even = randomBatch(size, 6, 3, 5, 4);
        const batch = { ...even, imageOf: Int32Array.of(2, 0, 2, 2, 1, 2) };
        const shared = await model.lossAndGradients(batch, loss, 6);
        const separate = await model.lossAndGradients(unshared(batch), loss, 6);
        expect(shared.loss).toBeCloseTo(separate.loss, 5);
        for (const [name, gradient] of separate.gradients)
          if (!name.endsWith('key.bias')) close(shared.gradients.get(name)!, gradient);
      },
    );
  });
});

describe('image states that are kept', () => {
  it('follow every change of the vision encoder, whoever makes it', async () => {
    await using(
      chosen(({ component }) => component === 'vision_encoder'),
      async (model) => {
        const batch = randomBatch(size, 4, 2, 5, 4);
        const before = await model.loss(batch, loss, 4);
        for (const { value } of model.trainables) value.set(value.map((x, i) => x + 0.3 * (i % 3)));
        const after = await model.loss(batch, loss, 4);
        const fresh = await model.loss({ ...batch, imageKeys: ['other', 'keys'] }, loss, 4);
        expect(after).toBe(fresh);
        expect(Math.abs(after - before)).toBeGreaterThan(1e-3);
      },
    );
  });

  it('spare the vision encoder while it is frozen', async () => {
    await using(
      chosen(({ kind }) => kind === 'head'),
      async (model) => {
        const batch = randomBatch(size, 4, 2, 5, 4);
        const first = await model.lossAndGradients(batch, loss, 4);
        const blank = { ...batch, pixelValues: new Float32Array(batch.pixelValues.length) };
        expect((await model.lossAndGradients(blank, loss, 4)).loss).toBe(first.loss);
      },
    );
  });
});

describe('backward stops below the lowest trained tensor', () => {
  it.each([
    ['the head', ({ kind }: Parameter) => kind === 'head', []],
    [
      'the LayerNorms of the last decoder layer',
      ({ name }: Parameter) => /^text_decoder.*layer\.1\..*LayerNorm/.test(name),
      ['text_block.backward'],
    ],
    [
      'everything',
      () => true,
      [
        'text_embeddings.backward',
        'text_block.backward',
        'text_block.backward',
        'vision_norm.backward',
        'vision_block.backward',
        'vision_embeddings.backward',
      ],
    ],
  ])('%s', async (_, matches, expected) => {
    await using(chosen(matches), async (model) => {
      await model.lossAndGradients(randomBatch(size, 4, 2, 5, 4), loss, 4);
      expect(compiled.filter((name) => name.endsWith('.backward')).sort()).toEqual([...expected].sort());
    });
  });
});

it('frozen tensors keep their bytes, trained ones are changed in place', async () => {
  await using(
    chosen(({ kind }) => kind === 'layernorm'),
    async (model) => {
      const header = readHeader(path.join(folder, 'model.safetensors'));
      const { gradients } = await model.lossAndGradients(randomBatch(size, 4, 2, 5, 4), loss, 4);
      for (const { name, value } of model.trainables) value.set(value.map((x, i) => x - gradients.get(name)![i]!));
      const moved = model.parameters.filter(({ name }) => {
        const stored = readTensor(header, name);
        return model.tensor(name).some((x, i) => x !== stored[i]);
      });
      expect(moved.map(({ kind }) => kind)).toEqual(model.trainables.map(() => 'layernorm'));
    },
  );
});

describe('LoRA', () => {
  const target = 'vision_model.encoder.layers.1.self_attn.qkv.weight';
  it('starts at the base model: A within 1 / sqrt(in), B zero, the same for the same seed', async () => {
    const batch = randomBatch(size, 4, 2, 5, 4);
    const base = await using(
      chosen(() => false),
      (model) => model.loss(batch, loss, 4),
    );
    const run = (seed: number) =>
      using(
        lora(target),
        async (model) => {
          const [a, b] = model.trainables;
          expect([a!.shape, b!.shape]).toEqual([
            [2, 16],
            [48, 2],
          ]);
          expect(Math.max(...a!.value.map(Math.abs))).toBeLessThanOrEqual(0.25);
          expect(b!.value.every((x) => x === 0)).toBe(true);
          expect(await model.loss(batch, loss, 4)).toBe(base);
          return [...a!.value];
        },
        seed,
      );
    expect(await run(3)).toEqual(await run(3));
    expect(await run(3)).not.toEqual(await run(4));
  });

  it('two adapters on one layer are refused', async () => {
    await expect(using(lora(target, target), async () => {})).rejects.toMatchObject({ code: 'MP1104' });
  });
});

describe('refused', () => {
  const copy = (
    name: string,
    change: (tensors: Map<string, { shape: number[]; data: Float32Array }>) => void,
  ): string => {
    const header = readHeader(path.join(folder, 'model.safetensors'));
    const tensors = new Map(
      [...header.tensors].map(([of, { shape }]) => [of, { shape: [...shape], data: readTensor(header, of) }]),
    );
    change(tensors);
    const to = path.join(root, name);
    writeRandomModel(to, size);
    writeSafetensors(path.join(to, 'model.safetensors'), tensors);
    return to;
  };
  const load = (from: string, imageSize?: number) =>
    loadModel({
      folder: from,
      family: 'blip_vqa',
      selection: { base: [], added: [], matches: [] },
      backend,
      seed: 0,
      imageSize,
    });
  const word = 'text_decoder.bert.embeddings.word_embeddings.weight';
  const decoder = 'text_decoder.cls.predictions.decoder.weight';

  it('an LM head that is not tied to the word embeddings; a copy is accepted', async () => {
    const tied = copy('tied', (tensors) => tensors.set(decoder, tensors.get(word)!));
    await (await load(tied)).dispose();
    const untied = copy('untied', (tensors) => {
      const { shape, data } = tensors.get(word)!;
      tensors.set(decoder, { shape, data: data.map((x, i) => (i === 7 ? x + 1 : x)) });
    });
    await expect(load(untied)).rejects.toMatchObject({ code: 'MP3004', place: decoder });
  });

  it('config.json without weights', async () => {
    const bare = path.join(root, 'bare');
    writeRandomModel(bare, size);
    rmSync(path.join(bare, 'model.safetensors'));
    await expect(load(bare)).rejects.toMatchObject({ code: 'MP3001' });
  });

  it('an image size that patches do not fill', async () => {
    await expect(load(folder, 20)).rejects.toMatchObject({ code: 'MP3005' });
  });

  it('vision and text widths that do not fit together', async () => {
    const odd = path.join(root, 'odd');
    writeRandomModel(odd, { ...size, visionHiddenSize: 24 });
    await expect(load(odd)).rejects.toMatchObject({ code: 'MP3005', message: expect.stringMatching(/must be equal/) });
  });

  it('a batch of other images, and a question longer than the positions', async () => {
    await using(
      chosen(() => false),
      async (model) => {
        const other = randomBatch({ ...size, imageSize: 24 }, 2, 1, 5, 4);
        await expect(model.loss(other, loss, 2)).rejects.toMatchObject({ code: 'MP3102' });
        const long = randomBatch(size, 1, 1, 600, 4);
        await expect(model.loss(long, loss, 1)).rejects.toMatchObject({ code: 'MP3102' });
      },
    );
  });
});

it('another image size resizes the position embeddings', async () => {
  await using(
    chosen(({ name }) => name.endsWith('position_embedding')),
    async (model) => {
      expect(model.trainables[0]!.shape).toEqual([1, 10, 16]);
      const { gradients } = await model.lossAndGradients(randomBatch({ ...size, imageSize: 24 }, 2, 1, 5, 4), loss, 2);
      expect([...gradients.values()][0]!.length).toBe(160);
    },
    0,
    24,
  );
});

it('an answer does not depend on the other rows of its batch', async () => {
  await using(
    chosen(() => false),
    async (model) => {
      const settings = {
        numBeams: 3,
        maxNewTokens: 6,
        minNewTokens: 0,
        lengthPenalty: 1,
        questionMask: 'keep' as const,
      };
      const batch = randomBatch(size, 4, 2, 5, 4);
      const together = await model.generate(batch, settings);
      expect(together.length).toBe(4);
      const one = {
        ...batch,
        ids: ['2'],
        imageOf: batch.imageOf.slice(2, 3),
        inputIds: batch.inputIds.slice(10, 15),
        attentionMask: batch.attentionMask.slice(10, 15),
      };
      expect(await model.generate(one, settings)).toEqual([together[2]]);
    },
  );
});
