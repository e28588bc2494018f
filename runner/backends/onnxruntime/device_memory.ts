/** Tensors that stay on the device: onnxruntime's `gpu-buffer`s. Reading one from JavaScript aborts the process, so what comes to the host is an output of a program. */
import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import type { Program } from '../../programs/types';
import { copyProgram } from '../../programs/whole_tensors';
import { type Count, HeldTensor } from '../held';
import { checkFeeds } from '../shapes';
import type { DeviceMemory, Executable, Placed } from '../types';
import { encodeModel } from './encode';
import { fed, onHost, type Runtime } from './session';

class GpuTensor extends HeldTensor<OrtTensor> {}

/**
 * @param options of every session
 * @throws Error if the device cannot be opened
 */
export async function deviceMemory(runtime: Runtime, options: InferenceSession.SessionOptions): Promise<DeviceMemory> {
  const count: Count = { held: 0 };
  const compile = async (program: Program, toHost: ReadonlySet<string>): Promise<Executable<Placed>> => {
    const places = program.outputs.map(({ name }) => [name, toHost.has(name) ? 'cpu' : 'gpu-buffer'] as const);
    const session = await runtime.InferenceSession.create(encodeModel(program), {
      ...options,
      preferredOutputLocation: Object.fromEntries(places),
    });
    return {
      async run(feeds) {
        checkFeeds(program, feeds);
        const tensors: Record<string, OrtTensor> = {};
        for (const { name, type } of program.inputs) {
          const feed = feeds[name]!;
          tensors[name] = feed instanceof GpuTensor ? feed.value : fed(runtime, type, feed as never);
        }
        const results = await session.run(tensors);
        const outputs: Record<string, Placed> = {};
        for (const { name, type } of program.outputs) {
          const result = results[name]!;
          outputs[name] = toHost.has(name) ? onHost(result) : new GpuTensor(type, result.dims, result, count);
        }
        return outputs;
      },
      release: () => session.release(),
    };
  };
  // Never released: with its last session onnxruntime forgets the device, and every shader that was compiled for it.
  const copies = new Map<number, Promise<Executable<Placed>>>();
  const copyOf = (rank: number) => {
    const known = copies.get(rank) ?? compile(copyProgram(rank), new Set());
    copies.set(rank, known);
    return known;
  };
  await copyOf(1);
  return {
    compile,
    async upload(tensor) {
      const { y } = await (await copyOf(tensor.shape.length)).run({ x: tensor });
      return y as GpuTensor;
    },
    held: () => count.held,
  };
}
