/** A GPU that goes away in mid-run, in the words of those who notice. */
import { MedpeftError } from '../errors';

/** Dawn (WebGPU), Vulkan, Direct3D, CUDA. */
const words =
  /device (was |is )?lost|DEVICE_LOST|DXGI_ERROR_DEVICE_(REMOVED|HUNG|RESET)|CUDA failure (700|702|719|999)\b|unspecified launch failure|GPU has fallen off/i;

const hint =
  'the last checkpoint holds: `medpeft resume` goes on from it. If it happens again, `medpeft run SPEC --device cpu` goes on with the run on the processor (equal up to rounding); update the driver of the GPU';

/** As MP3103; anything else stays what it is. */
export function asDeviceError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof MedpeftError || !words.test(error.message)) return error;
  return new MedpeftError('MP3103', 'the GPU was lost while it computed', hint, undefined, { cause: error });
}

/** What a process that was ended by it says, too. */
export function deviceWasLost(lastWords: string): { message: string; hint: string } | undefined {
  return words.test(lastWords) ? { message: "the GPU was lost, and the run's process with it", hint } : undefined;
}
