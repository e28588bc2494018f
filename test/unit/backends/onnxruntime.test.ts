import { describe, expect, it } from 'vitest';
import { openBackend } from '../../../runner/backends';
import type { Program } from '../../../runner/programs/types';

const program: Program = {
  name: 'sum',
  inputs: [
    { name: 'a', type: 'float32', shape: ['N', 2] },
    { name: 'b', type: 'float32', shape: ['N', 2] },
  ],
  outputs: [{ name: 'y', type: 'float32', shape: ['N', 2] }],
  constants: [{ name: 'one', type: 'float32', shape: [], values: [1] }],
  nodes: [
    { op: 'Add', inputs: ['a', 'b'], outputs: ['t'] },
    { op: 'Add', inputs: ['t', 'one'], outputs: ['y'] },
  ],
  values: [
    { name: 't', type: 'float32', shape: ['N', 2] },
    { name: 'y', type: 'float32', shape: ['N', 2] },
  ],
};
const settings = { backend: 'onnxruntime', device: 'cpu', threads: 1 };
const rows = (n: number, width = 2) => ({ data: new Float32Array(n * width).fill(2), shape: [n, width] });

describe('a program on onnxruntime', () => {
  it('serves every size of a symbol with one compilation', async () => {
    const executable = await (await openBackend(settings)).compile(program);
    for (const n of [1, 3])
      expect((await executable.run({ a: rows(n), b: rows(n) })).y).toEqual({
        data: new Float32Array(n * 2).fill(5),
        shape: [n, 2],
      });
    await executable.release();
  });

  it.each([
    ['a missing feed', { a: rows(2) }, /input b is not fed/],
    ['two sizes for one symbol, which onnxruntime would broadcast', { a: rows(2), b: rows(1) }, /N is 2 in a/],
    ['another fixed size', { a: rows(2, 3), b: rows(2, 3) }, /\[2, 3\] where \[N, 2\] is needed/],
    ['another rank', { a: { data: new Float32Array(2), shape: [2] }, b: rows(1) }, /is fed \[2\]/],
    ['another type', { a: { data: new Int32Array(4), shape: [2, 2] }, b: rows(2) }, /needs float32/],
    ['fewer values than the shape', { a: { data: new Float32Array(3), shape: [2, 2] }, b: rows(2) }, /has 3 values/],
  ])('%s is refused before the run', async (_, feeds, message) => {
    const executable = await (await openBackend(settings)).compile(program);
    await expect(executable.run(feeds as never)).rejects.toMatchObject({
      code: 'MP3102',
      message: expect.stringMatching(message),
    });
    await executable.release();
  });
});

it.each([
  [{ backend: 'torch', device: 'cpu' }, /backend torch/],
  [{ backend: 'tfjs', device: 'webgpu' }, /device webgpu of backend tfjs/],
  [{ backend: 'onnxruntime', device: 'tpu' }, /device tpu/],
])('%j is refused, not replaced', async (wanted, message) => {
  await expect(openBackend(wanted)).rejects.toMatchObject({ code: 'MP3101', message: expect.stringMatching(message) });
});
