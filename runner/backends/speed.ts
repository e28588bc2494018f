/** How long this machine takes over a program, measured. */
import type { Known } from '../programs/cost';
import { shapesOf } from '../programs/cost';
import type { ElementType, Program } from '../programs/types';
import type { Backend, Tensor, TensorData } from './types';

/** A program at the shapes of its feeds; feeds that hold shapes or indices have their values. */
export interface Sample {
  program: Program;
  feeds: Readonly<Record<string, Known>>;
}

/** Samples of a program: at most so many, and no more once so many seconds were spent. */
const limits = { samples: 5, seconds: 0.2 };

/**
 * Seconds of one run at these shapes, on made-up numbers: the median of a few, of which the first is not counted, since it makes ready what later ones find. A program that
 * takes longer than all that is run once.
 */
export async function measureSeconds(backend: Backend, sample: Sample): Promise<number> {
  const executable = await backend.compile(sample.program);
  const feeds = filled(sample);
  const once = async () => {
    const began = performance.now();
    await executable.run(feeds);
    return (performance.now() - began) / 1000;
  };
  try {
    const first = await once();
    if (first > limits.seconds * limits.samples) return first;
    const seconds: number[] = [];
    for (let spent = 0; seconds.length < limits.samples && spent < limits.seconds; spent += seconds.at(-1)!)
      seconds.push(await once());
    return seconds.sort((a, b) => a - b)[seconds.length >> 1]!;
  } finally {
    await executable.release();
  }
}

function filled({ program, feeds }: Sample): Record<string, Tensor> {
  const shapes = shapesOf(program, feeds);
  return Object.fromEntries(
    program.inputs.map(({ name, type }) => {
      const shape = shapes.get(name)!;
      const length = shape.reduce((a, b) => a * b, 1);
      return [name, { shape, data: feeds[name]?.data ? typed(type, feeds[name].data) : madeUp(type, length) }];
    }),
  );
}

function typed(type: ElementType, data: ArrayLike<number | bigint>): TensorData {
  const { length } = data;
  if (type === 'int64') return BigInt64Array.from({ length }, (_, i) => BigInt(data[i]!));
  return new arrays[type](Array.from(data, Number));
}

const arrays = { float32: Float32Array, float16: Uint16Array, int32: Int32Array, bool: Uint8Array };

/** Halves: neither so small that arithmetic on them is slow nor so large that it ends in infinity. */
function madeUp(type: ElementType, length: number): TensorData {
  if (type === 'int64') return new BigInt64Array(length);
  return type === 'float32' ? new Float32Array(length).fill(0.5) : new arrays[type](length);
}
