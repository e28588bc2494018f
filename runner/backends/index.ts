/** The backends by name: adding one is one line here and one folder beside this file. */
import { MedpeftError } from '../errors';
import { openOnnxRuntime } from './onnxruntime';
import type { Backend } from './types';

export type { Backend, Executable, Tensor } from './types';

const backends: Readonly<Record<string, (device: string, threads?: number) => Promise<Backend>>> = {
  onnxruntime: openOnnxRuntime,
};

export const backendNames: readonly string[] = Object.keys(backends);

export interface BackendSettings {
  backend: string;
  device: string;
  /** Threads of one operation; all processors if absent. */
  threads?: number;
}

/** @throws MP3101 if the backend is unknown, its package missing or its device not available: never another one instead. */
export async function openBackend({ backend, device, threads }: BackendSettings): Promise<Backend> {
  const open = backends[backend];
  if (!open)
    throw new MedpeftError(
      'MP3101',
      `backend ${backend} is not supported in this version`,
      `use one of: ${backendNames.join(', ')}`,
    );
  return open(device, threads);
}
