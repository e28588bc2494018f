/** Tensors on both sides: what programs are fed goes to the device, and what they make stays there until it is disposed of. */
import type { ComputedType, ElementType } from '../../programs/types';
import { HeldTensor } from '../held';
import type { Tensor, TensorData } from '../types';
import type { DataType, TensorFlow, TfTensor } from './library';

/** TensorFlow.js has no int64: shapes and indices fit into 32 bits. */
const types: Readonly<Record<ComputedType, DataType>> = {
  float32: 'float32',
  int32: 'int32',
  int64: 'int32',
  bool: 'bool',
};

/**
 * Values as a tensor. It may look at the very values: these must not change while it is held.
 * @param type by which int64 vectors and truth values are told from others
 */
export function upload(tf: TensorFlow, { data, shape }: Tensor, type: ElementType): TfTensor {
  if (data instanceof BigInt64Array) return tf.tensor(Int32Array.from(data, clamped), shape, 'int32');
  if (type === 'float16') throw new Error('TensorFlow.js has no float16');
  return tf.tensor(data, shape, types[type]);
}

/** The end of an axis is written as the greatest number. */
const clamped = (value: bigint): number => (value > 0x7fffffffn ? 0x7fffffff : Number(value));

/** Brings the values here and frees them there. They get memory of their own: a plain backend gives what it computes with. */
export function taken(tensor: TfTensor, type: ElementType): Tensor {
  const values = tensor.dataSync();
  const data: TensorData = type === 'int64' ? BigInt64Array.from(values, BigInt) : values.slice();
  tensor.dispose();
  return { data, shape: tensor.shape };
}

/** What a program gave out. */
export class TfjsTensor extends HeldTensor<TfTensor> {}
