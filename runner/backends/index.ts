/** The backends by name: adding one is one line here and one folder beside this file. */
import { MedpeftError } from '../errors';
import { onnxRuntimeDevices, openOnnxRuntime } from './onnxruntime';
import { openTfjs, tfjsDevices } from './tfjs';
import type { Backend } from './types';

export type { Backend, DeviceTensor, Executable, Placed, Tensor } from './types';

interface Known {
  devices: readonly string[];
  open(device: string, threads?: number): Promise<Backend>;
}

const backends: Readonly<Record<string, Known>> = {
  onnxruntime: { devices: onnxRuntimeDevices, open: openOnnxRuntime },
  tfjs: { devices: tfjsDevices, open: openTfjs },
};

/** A device that may be taken where none is named. */
export interface Candidate {
  backend: string;
  device: string;
  /** Without which it is not even tried. */
  needs?: 'a GPU' | 'its package';
}

/** The last is the plainest one. A process cannot try both native devices of tfjs: TensorFlow is told once which it sees. */
const candidates: readonly Candidate[] = [
  { backend: 'onnxruntime', device: 'webgpu', needs: 'a GPU' },
  { backend: 'tfjs', device: 'cpu', needs: 'its package' },
  { backend: 'onnxruntime', device: 'cpu' },
];

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

/** @param backend a name, or `auto` for all */
export function automaticDevices(backend: string): Candidate[] {
  return candidates.filter((one) => backend === 'auto' || one.backend === backend);
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
