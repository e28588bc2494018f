/** Weights that are read block by block: the same bytes as with everything in memory, each weight read at most twice a step, and an end within one block. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Batch } from '../../../runner/data/types';
import { inspectCheckpoint } from '../../../runner/models';
import type { LoadSettings } from '../../../runner/models/load';
import { residents } from '../../../runner/models/residents';
import { readHeader, sizeOf, writeSafetensors } from '../../../runner/models/safetensors';
import { WeightStream } from '../../../runner/models/stream';
import { modelFolders, readBatch } from '../../../runner/parity/folders';
import { methodFolders, selectionOf } from '../../../runner/parity/methods';
import { configs, randomTensors } from '../../fixtures/families';
import { describeShared, sharedPath } from '../../shared';
import { computed, hf, none, type Settings, text, using } from './computed';

const root = mkdtempSync(path.join(tmpdir(), 'medpeft-stream-'));
afterAll(() => rmSync(root, { recursive: true }));

async function sameStreamed(settings: Settings, batch: Batch): Promise<void> {
  const { streamed: _, ...expected } = await computed(settings, batch);
  expect(expected.second).toEqual(expected.first);
  const budgets = [{ residentBytes: 0, keptBytes: 0 }, { residentBytes: 6000 }];
  for (const budget of budgets) {
    const { streamed, ...actual } = await computed({ ...settings, ...budget }, batch);
    expect(streamed).toBeGreaterThan(0);
    expect(actual).toEqual(expected);
  }
}

describeShared('parity', 'with no weight in memory', () => {
  const parity = sharedPath('parity');
  // of BLIP, whose weights come by the same way, the methods that differ in what they read
  const chosen = /^llava|\/(layernorm|dora|lora-vision|prefix|prompt|adapter-houlsby)$/;
  const methods = methodFolders(parity).filter(({ unsupported, name }) => !unsupported && chosen.test(name));
  it.each(methods.map((method) => [method.name, method] as const))('%s: the same bytes', async (_, method) => {
    const { folder, family } = method.model;
    await sameStreamed({ folder, family: family!, selection: selectionOf(method).selection }, readBatch(folder, 'mb0'));
  });

  it.each(modelFolders(parity).map(({ name, folder, family }) => [name, folder, family!] as const))(
    '%s untuned: the same hidden states',
    async (_, folder, family) => {
      const batch = readBatch(folder, 'mb0');
      const of = (more: Partial<LoadSettings>) =>
        using({ folder, family, ...more }, (model) => model.hiddenStates(batch));
      expect(await of({ residentBytes: 0 })).toEqual(await of({}));
    },
  );
});

/** A LLaMA in two shards. */
function writeShards(name: string, dtype: 'F32' | 'F16'): Settings {
  const folder = path.join(root, name);
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'config.json'), JSON.stringify(configs.llama));
  const tensors = [...randomTensors('llama', configs.llama)];
  const half = tensors.length >> 1;
  const map: Record<string, string> = {};
  for (const [i, some] of [tensors.slice(0, half), tensors.slice(half)].entries()) {
    const file = `model-${i}.safetensors`;
    writeSafetensors(path.join(folder, file), new Map(some), { dtype });
    for (const [tensor] of some) map[tensor] = file;
  }
  writeFileSync(path.join(folder, 'model.safetensors.index.json'), JSON.stringify({ weight_map: map }));
  const norms = inspectCheckpoint(folder, 'llama').parameters.filter(({ kind }) => kind === 'layernorm');
  return {
    folder,
    family: 'llama',
    selection: { ...none, base: norms.map((parameter) => ({ parameter, group: 'norms' })) },
  };
}

describe('shards of a LLaMA with tied embeddings', () => {
  it.each(['F32', 'F16'] as const)('%s: the same bytes as in memory', async (dtype) => {
    await sameStreamed(writeShards(dtype, dtype), text);
  });

  const sizes = (settings: Settings) => {
    const { parameters, headerOf } = inspectCheckpoint(settings.folder, settings.family);
    return parameters
      .filter(({ shape }) => shape.length > 1)
      .map(({ name, shape }) => ({
        bytes: headerOf.get(name)!.tensors.get(name)!.end - headerOf.get(name)!.tensors.get(name)!.begin,
        name,
        size: 4 * sizeOf(shape),
      }));
  };

  it('each weight is read at most twice a step, the tied one for each use', async () => {
    const settings = writeShards('twice', 'F16');
    const all = sizes(settings).reduce((sum, { bytes }) => sum + bytes, 0);
    const before = WeightStream.prototype.ready;
    const streams = new Set<WeightStream>();
    WeightStream.prototype.ready = function (...names) {
      streams.add(this);
      return before.apply(this, names);
    };
    try {
      await using({ ...settings, residentBytes: 0 }, (model) => model.lossAndGradients(text, hf, 3));
      const [stream] = streams;
      expect(stream!.bytesRead).toBeLessThanOrEqual(2 * all);
      expect(stream!.bytesRead).toBeGreaterThan(all);
    } finally {
      WeightStream.prototype.ready = before;
    }
  });

  it('whole layers stay as far as they fit', () => {
    const settings = writeShards('resident', 'F16');
    const checkpoint = inspectCheckpoint(settings.folder, 'llama');
    const layer = sizes(settings)
      .filter(({ name }) => name.includes('layers.0.'))
      .reduce((sum, { size }) => sum + size, 0);
    const held = (bytes: number) =>
      [...residents(checkpoint, new Set(), bytes)].filter((name) => /layers.*proj/.test(name));
    expect(held(layer - 1)).toEqual([]);
    expect(new Set(held(layer + 10).map((name) => name.split('.')[2]))).toEqual(new Set(['0']));
    expect(held(Number.POSITIVE_INFINITY)).toHaveLength(14);
  });

  it('ends within one block when it is told to', async () => {
    const settings = writeShards('between', 'F32');
    const seen: number[] = [];
    const between = (block: number, of: number) => {
      seen.push(block);
      if (seen.length === 3) throw new Error(`stopped at ${block} of ${of}`);
    };
    const stopped = using({ ...settings, residentBytes: 0, between }, (model) => model.lossAndGradients(text, hf, 3));
    // embeddings, two layers, norm and head; and the way back, but for the head and the embeddings
    await expect(stopped).rejects.toThrow('stopped at 2 of 8');
    expect(seen).toEqual([0, 1, 2]);
  });

  it('says where a file ends early that was whole when it was opened', async () => {
    const settings = writeShards('torn', 'F32');
    const failing = using({ ...settings, residentBytes: 0 }, (model) => {
      for (const file of readdirSync(settings.folder).filter((name) => name.endsWith('.safetensors')))
        truncateSync(path.join(settings.folder, file), readFileSync(path.join(settings.folder, file)).length >> 1);
      return model.lossAndGradients(text, hf, 3);
    });
    await expect(failing).rejects.toMatchObject({ code: 'MP3002' });
  });
});

it('drops what it has begun to read when others are asked for', async () => {
  const file = path.join(root, 'two.safetensors');
  const values = (first: number) => ({ shape: [2, 2], data: Float32Array.of(first, 1, 2, 3) });
  writeSafetensors(
    file,
    new Map([
      ['a', values(10)],
      ['b', values(20)],
      ['c', values(30)],
    ]),
  );
  const header = readHeader(file);
  const stream = new WeightStream(new Map(['a', 'b', 'c'].map((name) => [name, { header, name }])));
  await stream.ready(['a'], ['b']);
  await stream.ready(['c'], ['a']);
  expect(stream.get('c')!.data).toEqual(values(30).data);
  expect([stream.get('a'), stream.get('b')]).toEqual([undefined, undefined]);
  await stream.ready(['a', 'b'], []);
  expect([stream.get('a')!.data, stream.get('b')!.data]).toEqual([values(10).data, values(20).data]);
  stream.dispose();
});
