/** As much of TensorFlow.js as programs need. Its packages are optional: they are neither installed nor imported when this is compiled. */
import type { TensorData } from '../types';

export type DataType = 'float32' | 'int32' | 'bool';

/** A tensor that a backend of TensorFlow.js holds until it is disposed. */
export interface TfTensor {
  readonly shape: number[];
  readonly dtype: string;
  readonly size: number;
  dataSync(): Float32Array | Int32Array | Uint8Array;
  dispose(): void;
}

type Unary = (x: TfTensor) => TfTensor;
type Binary = (a: TfTensor, b: TfTensor) => TfTensor;
type Reduction = (x: TfTensor, axes: number[], keep: boolean) => TfTensor;

/** Source of each: https://js.tensorflow.org/api/4.22.0/. */
export interface TensorFlow {
  readonly version_core: string;
  /** Does not copy where it can help it: a later write to the values shows in the tensor. */
  tensor(values: Exclude<TensorData, BigInt64Array>, shape: readonly number[], type: DataType): TfTensor;
  add: Binary;
  sub: Binary;
  mul: Binary;
  div: Binary;
  equal: Binary;
  greater: Binary;
  erf: Unary;
  exp: Unary;
  log: Unary;
  tanh: Unary;
  sigmoid: Unary;
  sqrt: Unary;
  rsqrt: Unary;
  square: Unary;
  neg: Unary;
  logicalNot: Unary;
  softmax: Unary;
  clone: Unary;
  sum: Reduction;
  mean: Reduction;
  max: Reduction;
  matMul(a: TfTensor, b: TfTensor, transposeA: boolean, transposeB: boolean): TfTensor;
  transpose(x: TfTensor, perm: readonly number[]): TfTensor;
  reshape(x: TfTensor, shape: readonly number[]): TfTensor;
  gather(x: TfTensor, index: TfTensor, axis: number): TfTensor;
  scatterND(index: TfTensor, updates: TfTensor, shape: readonly number[]): TfTensor;
  zeros(shape: readonly number[]): TfTensor;
  split(x: TfTensor, parts: number, axis: number): TfTensor[];
  concat(parts: TfTensor[], axis: number): TfTensor;
  broadcastTo(x: TfTensor, shape: readonly number[]): TfTensor;
  slice(x: TfTensor, begin: readonly number[], size: readonly number[]): TfTensor;
  pad(x: TfTensor, paddings: readonly (readonly [number, number])[]): TfTensor;
  cast(x: TfTensor, type: DataType): TfTensor;
  /** Disposes of all that `compute` makes and does not return. */
  tidy(compute: () => TfTensor[]): TfTensor[];
  enableProdMode(): void;
  memory(): { numTensors: number };
  getBackend(): string;
  setBackend(name: string): Promise<boolean>;
  /** The native one says whether its library found a GPU, and its version. */
  backend(): { isUsingGpuDevice?: boolean; binding?: { TF_Version: string } };
}
