/** The backends by name: adding one is one line here and one folder beside this file. */
import { MedpeftError } from '../errors';
import { onnxRuntimeDevices, openOnnxRuntime } from './onnxruntime';
import type { Backend } from './types';

export { type Backend, type DeviceTensor, type Executable, isOnDevice, type Placed, type Tensor } from './types';

interface Known {
  devices: readonly string[];
  open(device: string, threads?: number): Promise<Backend>;
}

const backends: Readonly<Record<string, Known>> = {
  onnxruntime: { devices: onnxRuntimeDevices, open: openOnnxRuntime },
};

export const backendNames: readonly string[] = Object.keys(backends);

export interface BackendSettings {
  backend: string;
  device: string;
  /** Threads of one operation; all processors if absent. */
  threads?: number;
}

/** What `auto` stands for. */
export function chosenBackend({ backend, device }: Pick<BackendSettings, 'backend' | 'device'>) {
  return { backend: backend === 'auto' ? 'onnxruntime' : backend, device: device === 'auto' ? 'cpu' : device };
}

/** Names are all that is looked at; nothing is loaded. @throws MP3101 if this version has no such backend, or none of that device. */
export function checkBackend({ backend, device }: Pick<BackendSettings, 'backend' | 'device'>): void {
  const known = Object.hasOwn(backends, backend) ? backends[backend] : undefined;
  if (!known)
    throw new MedpeftError(
      'MP3101',
      `backend ${backend} is not supported in this version`,
      `use one of: ${backendNames.join(', ')}`,
    );
  if (!known.devices.includes(device))
    throw new MedpeftError(
      'MP3101',
      `device ${device} of backend ${backend} is not supported in this version`,
      `use one of: ${known.devices.join(', ')}`,
    );
}

/** @throws MP3101 if the backend is unknown, its package missing or its device not available: never another one instead. */
export async function openBackend({ backend, device, threads }: BackendSettings): Promise<Backend> {
  checkBackend({ backend, device });
  return backends[backend]!.open(device, threads);
}
