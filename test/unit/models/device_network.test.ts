/** A network whose tensors stay on a device: the same numbers as on the processor, and nothing is left behind. */
import { beforeAll, expect, it } from 'vitest';
import { type Backend, openBackend } from '../../../runner/backends';
import { Network } from '../../../runner/models/network';
import { describeWebGpu } from '../../webgpu';
import { chain, feeds, parameters } from './small_network';

const plain = { sites: [], calls: [] };
/** A bias and a weight of the middle layer, and the head: the layers above are walked through, the one below is not. */
const trainable = new Set(['layers.1.norm.weight', 'layers.1.dense.weight', 'head.bias']);

describeWebGpu('tensors on a WebGPU device', () => {
  let cpu: Backend;
  let gpu: Backend;
  beforeAll(async () => {
    cpu = await openBackend({ backend: 'onnxruntime', device: 'cpu', threads: 1 });
    gpu = await openBackend({ backend: 'onnxruntime', device: 'webgpu', threads: 1 });
  });
  const held = () => gpu.memory!.held();

  it.each([
    ['all saved', undefined, undefined],
    ['all computed again', undefined, 0],
    ['two images at a time, saved', 2, undefined],
    ['one image at a time, computed again', 1, 0],
  ])('loss and gradients of the processor: %s', async (_, atOnce, keptBytes) => {
    const [expected, actual] = [
      new Network(cpu, parameters, trainable, plain, { keptBytes }),
      new Network(gpu, parameters, trainable, plain, { keptBytes }),
    ];
    const calls = chain(atOnce);
    const golden = await expected.differentiate(calls, feeds());
    const result = await actual.differentiate(calls, feeds());
    expect(result.loss).toBeCloseTo(golden.loss, 5);
    expect([...result.gradients.keys()].sort()).toEqual([...trainable].sort());
    for (const [name, gradient] of golden.gradients)
      for (const [i, value] of gradient.entries()) expect(result.gradients.get(name)![i]).toBeCloseTo(value, 5);

    const weights = held();
    expect(weights).toBe(parameters.size - trainable.size);
    for (let step = 0; step < 20; step++) {
      await actual.differentiate(calls, feeds());
      expect(held()).toBe(weights);
    }
    await actual.dispose();
    expect(held()).toBe(0);
    await expected.dispose();
  });

  it('reads what is wished for, and frees the rest when the computation ends or fails', async () => {
    const network = new Network(gpu, parameters, trainable, plain);
    const calls = chain(undefined).slice(0, -1);
    const tensors = feeds();
    await network.within(async () => {
      await network.infer(calls, tensors, []);
      expect(tensors.get('layer.2')).not.toHaveProperty('data');
    });
    await network.infer(calls, tensors, ['layer.2']);
    expect(tensors.get('layer.2')).toHaveProperty('data');
    const weights = held();
    const failing = network.within(async () => {
      await network.infer(calls, tensors, []);
      expect(held()).toBe(weights + 1);
      throw new Error('the device is gone');
    });
    await expect(failing).rejects.toThrow('the device is gone');
    expect(held()).toBe(weights);
    await network.dispose();
  });
});
