/** Out of memory, in the ways in which it shows: an engine that cannot allocate, a heap that is full, a system that kills. */
import { readFileSync } from 'node:fs';
import { MedpeftError } from '../errors';

/** What helps, with the least harm first: the effective batch can stay as it is. */
export const memoryAdvice =
  'lower batch_size and raise gradient_accumulation_steps by the same factor: the effective batch stays; set runtime.memory to what the run may use, or lower image_size; close other programs. `medpeft resume` goes on from the last checkpoint';

/** What onnxruntime (its arena, C++), TensorFlow, Node's buffers, the system and GPUs (Vulkan, Dawn, CUDA) say when there is no memory left. */
const words =
  /failed to allocate memory|bad_alloc|bad allocation|array buffer allocation failed|invalid typed array length: \d|cannot allocate memory|ENOMEM|OUT_OF_(DEVICE|HOST)_MEMORY|out of memory|exceeds the max buffer size|OOM when allocating/i;

/** An engine's or Node's failure to allocate as MP4010; anything else stays what it is. */
export function asMemoryError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof MedpeftError || !words.test(error.message)) return error;
  const size = /requested buffer of size (\d+)/i.exec(error.message)?.[1];
  const wanted = size === undefined ? '' : `: ${(Number(size) / 2 ** 30).toPrecision(3)} GiB more could not be had`;
  return new MedpeftError('MP4010', `there is not enough memory${wanted}`, memoryAdvice, undefined, { cause: error });
}

/** Whether a process's last words say that its JavaScript heap was full. */
export function isHeapFull(lastWords: string): boolean {
  return /heap out of memory|heap limit|fatal (process|javascript) out of memory|ERR_WORKER_OUT_OF_MEMORY/i.test(
    lastWords,
  );
}

/** Processes that the system has killed for want of memory since it started; undefined where it does not say (outside Linux). */
export function memoryKills(): number | undefined {
  try {
    const count = /^oom_kill (\d+)$/m.exec(readFileSync('/proc/vmstat', 'utf8'))?.[1];
    return count === undefined ? undefined : Number(count);
  } catch {
    return undefined;
  }
}
