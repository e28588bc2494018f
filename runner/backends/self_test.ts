/** A small program with a known answer: a device that gives another one, or none within a second, is not to be relied on. */
import { MedpeftError } from '../errors';
import type { Program } from '../programs/types';
import type { Backend, Tensor } from './types';

const [rows, width] = [128, 256];
const shape = [rows, width];

/** y = row sums of x wᵀ: products and sums of small whole numbers, which float32 holds exactly in every order. */
const program: Program = {
  name: 'self_test',
  inputs: [
    { name: 'x', type: 'float32', shape },
    { name: 'w', type: 'float32', shape },
  ],
  outputs: [{ name: 'y', type: 'float32', shape: [rows] }],
  constants: [{ name: 'axes', type: 'int64', shape: [1], values: [1] }],
  nodes: [
    { op: 'Gemm', inputs: ['x', 'w'], outputs: ['product'], attributes: { transA: 0, transB: 1 } },
    { op: 'ReduceSum', inputs: ['product', 'axes'], outputs: ['y'], attributes: { keepdims: 0 } },
  ],
  values: [
    { name: 'product', type: 'float32', shape: [rows, rows] },
    { name: 'y', type: 'float32', shape: [rows] },
  ],
};

const whole = (values: number) => Float32Array.from({ length: rows * width }, (_, i) => (i % values) - (values >> 1));
const [x, w] = [whole(7), whole(5)];

function answer(): Float32Array {
  const columns = new Float64Array(width);
  for (let i = 0; i < w.length; i++) columns[i % width]! += w[i]!;
  const sums = new Float32Array(rows);
  for (let i = 0; i < x.length; i++) sums[Math.floor(i / width)]! += x[i]! * columns[i % width]!;
  return sums;
}

/** At most so many seconds, once everything is compiled. */
export const selfTestLimit = 1;

/**
 * @returns seconds of the second run; the first makes ready what later ones find
 * @throws MP3101 if the answer is wrong or takes too long
 */
export async function selfTest(backend: Backend): Promise<number> {
  const named = `device ${backend.device} of backend ${backend.name}`;
  const executable = await backend.compile(program);
  const feeds = (): Record<string, Tensor> => ({ x: { data: x, shape }, w: { data: w, shape } });
  try {
    await executable.run(feeds());
    const began = performance.now();
    const { y } = await executable.run(feeds());
    const seconds = (performance.now() - began) / 1000;
    const expected = answer();
    if (!expected.every((value, i) => value === y!.data[i]))
      throw new MedpeftError(
        'MP3101',
        `${named} computes wrong numbers: it fails its self-test`,
        'update the driver of the device, or choose another device',
      );
    if (seconds > selfTestLimit)
      throw new MedpeftError(
        'MP3101',
        `${named} is too slow: its self-test took ${seconds.toFixed(1)} s`,
        'choose another device',
      );
    return seconds;
  } finally {
    await executable.release();
  }
}
