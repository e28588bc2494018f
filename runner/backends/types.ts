/** A backend runs programs. It knows tensors and primitive operations, and nothing of models, methods or training. */
import type { ElementType, Program } from '../programs/types';

export type TensorData = Float32Array | Uint16Array | Int32Array | BigInt64Array | Uint8Array;
export interface Tensor {
  /** Row-major. Float16 tensors carry their bits in a Uint16Array, int64 ones BigInt64Array, bool ones Uint8Array. */
  data: TensorData;
  shape: readonly number[];
}

/** Values on a backend's device. Whoever ran the program that made them disposes of them. */
export interface DeviceTensor {
  readonly type: ElementType;
  readonly shape: readonly number[];
  /** Frees the values; a second call does nothing. */
  dispose(): void;
}

export type Placed = Tensor | DeviceTensor;

export function isOnDevice(tensor: Placed): tensor is DeviceTensor {
  return !('data' in tensor);
}

export interface Executable<Held extends Placed = Tensor> {
  /** Runs the program once. Shapes are checked against the program's, equal symbols must be equal sizes (MP3102). */
  run(feeds: Record<string, Held>): Promise<Record<string, Held>>;
  release(): Promise<void>;
}

export interface Backend {
  readonly name: string;
  readonly device: string;
  readonly version: string;
  readonly threads: number;
  /** All results come to the host. */
  compile(program: Program): Promise<Executable>;
  /** As `compile`, with inputs that never change made part of it; present if that is quicker than to feed them. */
  specialise?(program: Program, frozen: Readonly<Record<string, Tensor>>): Promise<Executable>;
  /** Present if tensors can stay on the device between programs. */
  readonly memory?: DeviceMemory;
}

export interface DeviceMemory {
  /** As `Backend.compile`; of the outputs only those named come to the host. */
  compile(program: Program, toHost: ReadonlySet<string>): Promise<Executable<Placed>>;
  /** A copy on the device, for what many runs read. */
  upload(tensor: Tensor): Promise<DeviceTensor>;
  /** Tensors that were not disposed of. */
  held(): number;
}
