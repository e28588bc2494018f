/** The backends by name: adding one is one line here and one folder beside this file. */
import { MedpeftError } from '../errors';
import { onnxRuntimeDevices, openOnnxRuntime } from './onnxruntime';
import { openTfjs, tfjsDevices } from './tfjs';
import type { Backend } from './types';

export type { Backend, DeviceTensor, Executable, Placed, Tensor } from './types';

interface Known {
  devices: readonly string[];
  /** Devices that are tried where none is named, the best first; the last is everywhere. */
  automatic: readonly string[];
  open(device: string, threads?: number): Promise<Backend>;
}

const backends: Readonly<Record<string, Known>> = {
  onnxruntime: { devices: onnxRuntimeDevices, automatic: ['webgpu', 'cpu'], open: openOnnxRuntime },
  // A process cannot try both native devices: TensorFlow is told once which it sees.
  tfjs: { devices: tfjsDevices, automatic: ['cpu'], open: openTfjs },
};

export const backendNames: readonly string[] = Object.keys(backends);

export interface BackendSettings {
  backend: string;
  device: string;
  /** Threads of one operation; all processors if absent. */
  threads?: number;
}

/** All devices of all backends. */
export function everyDevice(): { backend: string; device: string }[] {
  return Object.entries(backends).flatMap(([backend, { devices }]) => devices.map((device) => ({ backend, device })));
}

/** The first backend that has such a device. */
export function backendOfDevice(device: string): string | undefined {
  return everyDevice().find((one) => one.device === device)?.backend;
}

/** @param backend a name, or `auto` for the first one */
export function automaticDevices(backend: string): { backend: string; device: string }[] {
  const name = backend === 'auto' ? backendNames[0]! : backend;
  return backends[name]!.automatic.map((device) => ({ backend: name, device }));
}

/** Names are all that is looked at, `auto` among them; nothing is loaded. @throws MP3101 if this version has no such backend, or none of that device. */
export function checkBackend({ backend, device }: Pick<BackendSettings, 'backend' | 'device'>): void {
  const known = Object.hasOwn(backends, backend) ? backends[backend] : undefined;
  if (!known && backend !== 'auto')
    throw new MedpeftError(
      'MP3101',
      `backend ${backend} is not supported in this version`,
      `use one of: ${backendNames.join(', ')}`,
    );
  const devices = known?.devices ?? everyDevice().map((one) => one.device);
  if (device !== 'auto' && !devices.includes(device))
    throw new MedpeftError(
      'MP3101',
      `device ${device} of backend ${backend} is not supported in this version`,
      `use one of: ${devices.join(', ')}`,
    );
}

/** @throws MP3101 if the backend is unknown, its package missing or its device not available: never another one instead. */
export async function openBackend({ backend, device, threads }: BackendSettings): Promise<Backend> {
  checkBackend({ backend, device });
  return backends[backend]!.open(device, threads);
}
