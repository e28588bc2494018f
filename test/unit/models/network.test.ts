/** Save or recompute, all images at once or some: what is kept in memory is a choice, what comes out is not. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Backend } from '../../../runner/backends';
import { Network } from '../../../runner/models/network';
import { chain, feeds, images, parameters } from './small_network';
import { watchedBackend } from './watched';

let backend: Backend;
const runs: string[] = [];

beforeAll(async () => {
  backend = await watchedBackend(({ name }) => runs.push(name));
});

async function differentiate(atOnce?: number, keptBytes?: number, trainable = [...parameters.keys()]) {
  runs.length = 0;
  const network = new Network(backend, parameters, new Set(trainable), { sites: [], calls: [] }, { keptBytes });
  const result = await network.differentiate(chain(atOnce), feeds());
  await network.dispose();
  return { ...result, recomputed: runs.filter((name) => name === 'layer.inference').length };
}

// kept by a layer of 15 rows: the inner tensor of the linear layer, and what LayerNorm leaves
const everything = 1e6;

describe.each([
  ['all images at once', undefined],
  ['two images at a time', 2],
  ['one image at a time', 1],
])('%s', (_, atOnce) => {
  it.each([0, 500])('%i bytes for what backward needs: the same bytes as without a limit', async (keptBytes) => {
    const kept = await differentiate(atOnce, everything);
    const spared = await differentiate(atOnce, keptBytes);
    expect(kept.recomputed).toBe(0);
    expect(spared.recomputed).toBeGreaterThan(0);
    expect(spared.loss).toBe(kept.loss);
    expect(spared.gradients).toEqual(kept.gradients);
  });

  it('gives the loss and gradients of the whole', async () => {
    const whole = await differentiate();
    const parts = await differentiate(atOnce);
    expect(parts.loss).toBeCloseTo(whole.loss, 5);
    for (const [name, gradient] of whole.gradients)
      for (const [i, value] of gradient.entries()) expect(parts.gradients.get(name)![i]).toBeCloseTo(value, 5);
  });
});

it('keeps some layers and computes others again, where the limit lies between', async () => {
  expect((await differentiate(undefined, 0)).recomputed).toBe(3);
  expect((await differentiate(undefined, 500)).recomputed).toBe(1);
});

it('computes nothing again below the lowest trained tensor, whatever the limit', async () => {
  const { gradients, recomputed } = await differentiate(1, 0, ['layers.2.norm.weight']);
  expect([...gradients.keys()]).toEqual(['layers.2.norm.weight']);
  expect(recomputed).toBe(3 * images);
  expect(runs.filter((name) => name === 'layer.forward')).toHaveLength(images);
  expect(runs.filter((name) => name === 'layer.backward')).toHaveLength(images);
});
