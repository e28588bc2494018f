/** Quantised copies: how far values move, what they compute, and that streaming them gives the same bytes as holding them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '../../../runner/backends';
import type { Batch } from '../../../runner/data/types';
import { inspectCheckpoint } from '../../../runner/models';
import { loadModel } from '../../../runner/models/load';
import { quantizeCheckpoint } from '../../../runner/models/quantize';
import { dequantize, quantize } from '../../../runner/models/quantized';
import { readTensor } from '../../../runner/models/safetensors';
import { writeChatModel } from '../../fixtures/families';

const root = mkdtempSync(path.join(tmpdir(), 'medpeft-quantized-'));
const original = path.join(root, 'llama');
beforeAll(() => writeChatModel(original, 'llama'));
afterAll(() => rmSync(root, { recursive: true }));

describe.each([
  [8, 127],
  [4, 7],
] as const)('%i bits', (bits, steps) => {
  it.each([64, 128, 66, 2])('rows of %i values: none moves by more than half a step of its group', (columns) => {
    const values = Float32Array.from({ length: 3 * columns }, (_, i) => Math.sin(i * 1.7) * (1 + (i % 5)));
    // a group of zeros has no scale to divide by
    values.fill(0, 0, columns);
    const { dtype, bytes, scales, groups, shape } = quantize(values, [3, columns], bits);
    expect(shape).toEqual([3, bits === 8 ? columns : columns / 2]);
    expect(bytes).toHaveLength((3 * columns * bits) / 8);
    const group = columns / groups;
    const back = dequantize(bytes, dtype, scales, new Float32Array(values.length));
    for (const [i, value] of values.entries()) {
      const from = Math.floor(i / group) * group;
      const largest = Math.max(...values.subarray(from, from + group).map(Math.abs));
      expect(Math.abs(back[i]! - value)).toBeLessThanOrEqual((0.5 / steps) * largest * (1 + 1e-5));
    }
  });

  it('a copy is smaller, fits its family, and computes the same bytes streamed as in memory', async () => {
    const folder = path.join(root, `bits${bits}`);
    const before = inspectCheckpoint(original, 'llama');
    const sizes = quantizeCheckpoint(before, folder, bits);
    expect(sizes.after).toBeLessThan(sizes.before);
    const copy = inspectCheckpoint(folder, 'llama');
    expect(copy.hash).not.toBe(before.hash);
    const [plain] = before.parameters.filter(({ kind }) => kind === 'embeddings');
    const read = ({ headerOf }: typeof copy, name: string) => readTensor(headerOf.get(name)!, name);
    expect(read(copy, plain!.name)).toEqual(read(before, plain!.name));

    const backend = await openBackend({ backend: 'onnxruntime', device: 'cpu', threads: 1 });
    const lossOf = async (of: string, residentBytes?: number) => {
      const selection = { base: [], added: [], matches: [] };
      const model = await loadModel({ folder: of, family: 'llama', selection, backend, seed: 0, residentBytes });
      const loss = await model.loss(batch, { kind: 'hf', labelSmoothing: 0 }, 2);
      await model.dispose();
      return loss;
    };
    const held = await lossOf(folder);
    expect(await lossOf(folder, 0)).toBe(held);
    const whole = await lossOf(original);
    expect(held).not.toBe(whole);
    expect(Math.abs(held - whole)).toBeLessThan(bits === 8 ? 0.05 : 1);
  });
});

it('a copy over the checkpoint itself is refused, and one of a copy', () => {
  const checkpoint = inspectCheckpoint(original, 'llama');
  expect(() => quantizeCheckpoint(checkpoint, original, 8)).toThrow(/overwrite/);
  const copy = path.join(root, 'once');
  quantizeCheckpoint(checkpoint, copy, 8);
  const again = () => quantizeCheckpoint(inspectCheckpoint(copy, 'llama'), path.join(root, 'again'), 4);
  expect(again).toThrow(/quantised already/);
});

const batch: Batch = {
  ids: ['a'],
  imageKeys: [],
  pixelValues: new Float32Array(0),
  imageSize: 1,
  imageOf: new Int32Array(1),
  inputIds: Int32Array.of(1, 270),
  attentionMask: Int32Array.of(1, 1),
  questionLength: 2,
  decoderInputIds: Int32Array.of(1, 270, 271, 2),
  decoderAttentionMask: Int32Array.of(1, 1, 1, 1),
  labels: Int32Array.of(-100, -100, 271, 2),
  answerLength: 4,
};
