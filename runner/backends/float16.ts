/** Which device takes weights as float16. One that could not be measured is not offered: SwiftShader refuses to widen them, TensorFlow.js has none, and no GPU was at hand. */
import { MedpeftError } from '../errors';
import type { BackendSettings } from '.';

export const float16Device = { backend: 'onnxruntime', device: 'cpu' };

/** MP3101 if another device is named than the one that takes them. @param named a backend and a device, or `auto` for either */
export function lacksFloat16({
  backend,
  device,
}: Pick<BackendSettings, 'backend' | 'device'>): MedpeftError | undefined {
  const fits = (name: string, only: string) => name === 'auto' || name === only;
  if (fits(backend, float16Device.backend) && fits(device, float16Device.device)) return undefined;
  return new MedpeftError(
    'MP3101',
    `backend ${backend} on device ${device} takes no weights in float16`,
    'set runtime.backend to "onnxruntime" and runtime.device to "cpu", or frozen_precision of the model to "float32"',
  );
}
