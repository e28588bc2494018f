/** Texts of unequal lengths: what is computed of them. Values and gradients of padded batches are held by the goldens of every family (test/parity). */
import { describe, expect, it } from 'vitest';
import { configOf, randomBatch } from '../../../bench/random_model';
import type { Batch } from '../../../runner/data/types';
import { blipVqa } from '../../../runner/models/blip_vqa';
import { footprintOf } from '../../../runner/models/footprint';
import { packingOf } from '../../../runner/models/packing';

describe('packing', () => {
  it.each<[string, Parameters<typeof packingOf>, number[], number[]]>([
    ['padding is left out', [2, 3, { present: [1, 1, 1, 1, 0, 0] }], [0, 1, 2, 3], [0, 1, 2, 3, 3, 3]],
    ['also on the left', [2, 2, { present: [0, 1, 1, 1] }], [1, 2, 3], [0, 0, 1, 2]],
    ['a prompt is never padding', [2, 2, { present: [1, 0, 1, 1], front: 1 }], [0, 1, 3, 4, 5], [0, 1, 0, 2, 3, 4]],
    ['all of it, where padding is looked at', [1, 3, {}], [0, 1, 2], [0, 1, 2]],
  ])('%s', (_, given, packed, spread) => {
    expect(packingOf(...given)).toEqual({ packed, spread });
  });
});

it('computes tokens, not padding: a batch of one long and three short questions takes little more than their tokens', () => {
  const size = {
    imageSize: 32,
    patchSize: 16,
    hiddenSize: 64,
    heads: 4,
    visionLayers: 1,
    textLayers: 2,
    vocabulary: 100,
  };
  const [rows, length, short] = [4, 40, 4];
  const padded = randomBatch(size, rows, 1, length, 2);
  const mask = Int32Array.from({ length: rows * length }, (_, i) => (i < length || i % length < short ? 1 : 0));
  const flops = (batch: Batch) => {
    const trained = new Set(blipVqa.parameters(configOf(size)).map(({ canonical }) => canonical));
    const { steps, feeds } = blipVqa.rehearse!(configOf(size), batch, trained, { sites: [], calls: [] });
    return footprintOf(steps, feeds).flops;
  };
  const none = flops(randomBatch(size, rows, 1, 1, 2));
  const share = (flops({ ...padded, attentionMask: mask }) - none) / (flops(padded) - none);
  // 52 of 160 tokens; attention's own products are of the square
  expect(share).toBeLessThan(0.4);
  expect(share).toBeGreaterThan(52 / 160 - 0.02);
});
