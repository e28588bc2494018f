/** Image states on disk: found when everything that made them is the same, and never otherwise. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ModelSize, randomBatch, writeRandomModel } from '../../../bench/random_model';
import { openBackend } from '../../../runner/backends';
import { inspectCheckpoint } from '../../../runner/models';
import { cacheFolder, featureFiles } from '../../../runner/models/feature_files';
import { loadModel } from '../../../runner/models/load';
import { readHeader, readTensor, writeSafetensors } from '../../../runner/models/safetensors';
import type { Parameter } from '../../../runner/models/types';

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'medpeft-features-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const pixels = Float32Array.of(1, 2, 3);
const states = Float32Array.of(0.5, -1, 7, 1e-9);
const only = () => path.join(root, readdirSync(root)[0]!);

describe('states in files', () => {
  it('are found by another process that has the same encoder and pixels', () => {
    featureFiles(root, 'encoder').write(pixels, states);
    expect(featureFiles(root, 'encoder').read(Float32Array.from(pixels), 4)).toEqual(states);
  });

  it.each([
    ['other pixels', 'encoder', Float32Array.of(1, 2, 3.0000002), 4],
    ['another encoder', 'encoder of later weights', pixels, 4],
    ['another length', 'encoder', pixels, 3],
  ])('are not found for %s', (_, encoder, image, length) => {
    featureFiles(root, 'encoder').write(pixels, states);
    expect(featureFiles(root, encoder).read(image, length)).toBeUndefined();
  });

  it.each([
    ['a flipped bit', (bytes: Buffer) => bytes.fill(bytes[5]! ^ 1, 5, 6)],
    ['half of it', (bytes: Buffer) => bytes.subarray(0, 20)],
    ['nothing in it', () => Buffer.alloc(0)],
  ])('are removed, not used, with %s', (_, damage) => {
    const files = featureFiles(root, 'encoder');
    files.write(pixels, states);
    writeFileSync(only(), damage(readFileSync(only())));
    expect(files.read(pixels, 4)).toBeUndefined();
    expect(readdirSync(root)).toEqual([]);
  });

  it('make room for each other, those that were used longest ago first', () => {
    const files = featureFiles(root, 'encoder', 3 * 48);
    const images = [1, 2, 3, 4].map((x) => Float32Array.of(x));
    images.slice(0, 3).forEach((image, i) => {
      const before = new Set(readdirSync(root));
      files.write(image, states);
      const made = readdirSync(root).find((name) => !before.has(name))!;
      utimesSync(path.join(root, made), 1000 + i, 1000 + i);
    });
    files.read(images[0]!, 4);
    files.write(images[3]!, states);
    expect(images.map((image) => files.read(image, 4) !== undefined)).toEqual([true, false, true, true]);
  });
});

it.each([
  [{ MEDPEFT_CACHE: '/own' }, '/own'],
  [{ XDG_CACHE_HOME: '/xdg' }, path.join('/xdg', 'medpeft')],
])('the folder of things that can be made again: %o', (environment, expected) => {
  expect(cacheFolder(environment)).toBe(expected);
});

describe('a model', () => {
  const size: ModelSize = {
    imageSize: 16,
    patchSize: 8,
    hiddenSize: 16,
    heads: 2,
    visionLayers: 1,
    textLayers: 1,
    vocabulary: 40,
  };
  const folder = () => path.join(root, 'model');
  const cache = () => path.join(root, 'cache');

  /** @returns loss, and how many times an image was encoded */
  async function run(trains: (parameter: Parameter) => boolean) {
    const real = await openBackend({ backend: 'onnxruntime', device: 'cpu', threads: 1 });
    let encoded = 0;
    const backend = {
      ...real,
      async compile(program: Parameters<typeof real.compile>[0]) {
        const executable = await real.compile(program);
        const counts = program.name.startsWith('vision_norm');
        return {
          ...executable,
          run(feeds: Parameters<typeof executable.run>[0]) {
            if (counts) encoded++;
            return executable.run(feeds);
          },
        };
      },
    };
    const base = inspectCheckpoint(folder(), 'blip_vqa')
      .parameters.filter(trains)
      .map((parameter) => ({ parameter, group: 'chosen' }));
    const selection = { base, added: [], matches: [] };
    const model = await loadModel({
      folder: folder(),
      family: 'blip_vqa',
      selection,
      backend,
      seed: 0,
      cache: cache(),
    });
    const value = await model.loss(randomBatch(size, 4, 3, 5, 4), { kind: 'hf', labelSmoothing: 0 }, 4);
    await model.dispose();
    return { value, encoded };
  }
  const text = ({ component }: Parameter) => component !== 'vision_encoder';

  it('with a frozen vision encoder encodes no image twice, in whatever process, until its weights change', async () => {
    writeRandomModel(folder(), size);
    const first = await run(text);
    expect(first.encoded).toBe(3);
    expect(await run(text)).toEqual({ value: first.value, encoded: 0 });

    const file = path.join(folder(), 'model.safetensors');
    const header = readHeader(file);
    const tensors = new Map(
      [...header.tensors].map(([name, { shape }]) => [name, { shape, data: readTensor(header, name) }]),
    );
    tensors.get('vision_model.post_layernorm.bias')!.data[0]! += 1;
    writeSafetensors(file, tensors);
    const changed = await run(text);
    expect(changed.encoded).toBe(3);
    expect(changed.value).not.toBe(first.value);
  });

  it('with a trained vision encoder keeps nothing on disk', async () => {
    writeRandomModel(folder(), size);
    await run(() => true);
    expect(readdirSync(root)).toEqual(['model']);
  });
});
