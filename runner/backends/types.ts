/** A backend runs programs. It knows tensors and primitive operations, and nothing of models, methods or training. */
import type { Program } from '../programs/types';

export type TensorData = Float32Array | Int32Array | BigInt64Array | Uint8Array;
export interface Tensor {
  /** Row-major. Int64 tensors carry BigInt64Array, bool tensors Uint8Array. */
  data: TensorData;
  shape: readonly number[];
}

export interface Executable {
  /** Runs the program once. Shapes are checked against the program's, equal symbols must be equal sizes (MP3102). */
  run(feeds: Record<string, Tensor>): Promise<Record<string, Tensor>>;
  release(): Promise<void>;
}

export interface Backend {
  readonly name: string;
  readonly device: string;
  readonly version: string;
  readonly threads: number;
  compile(program: Program): Promise<Executable>;
}
