/** Programs on onnxruntime-node. Nothing else in the project imports that package. */
import { availableParallelism } from 'node:os';
import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { MedpeftError } from '../../errors';
import type { ElementType, Program } from '../../programs/types';
import { checkFeeds } from '../shapes';
import type { Backend, Executable, Tensor, TensorData } from '../types';
import { encodeModel } from './encode';

type Runtime = typeof import('onnxruntime-node');

export const onnxRuntimeDevices: readonly string[] = ['cpu'];

/**
 * @param device one of `onnxRuntimeDevices`
 * @param threads of one operation; as many as there are processors if absent
 * @throws MP3101 if the package is missing
 */
export async function openOnnxRuntime(device: string, threads?: number): Promise<Backend> {
  const runtime = await load();
  const count = threads ?? availableParallelism();
  const options: InferenceSession.SessionOptions = {
    executionProviders: ['cpu'],
    intraOpNumThreads: count,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    // Lengths vary from batch to batch: a memory plan per shape would only hold memory.
    enableMemPattern: false,
    // An arena keeps a session's most for the next run of that session alone; the system's allocator serves all of them, at the same speed.
    enableCpuMemArena: false,
    logSeverityLevel: 3,
    // Each session has threads of its own; spinning after one program's run would take the processors from the next: 3 to 6 times slower.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  };
  return {
    name: 'onnxruntime',
    device,
    version: runtime.env.versions.node ?? runtime.env.versions.common,
    threads: count,
    compile: (program) => compile(runtime, program, options),
  };
}

async function load(): Promise<Runtime> {
  try {
    return await import('onnxruntime-node');
  } catch (cause) {
    throw new MedpeftError(
      'MP3101',
      `backend onnxruntime cannot be loaded: ${(cause as Error).message}`,
      'install it with `npm install onnxruntime-node` in the folder of MedPEFT; `medpeft doctor` says what is missing',
      'onnxruntime-node',
      { cause },
    );
  }
}

async function compile(
  runtime: Runtime,
  program: Program,
  options: InferenceSession.SessionOptions,
): Promise<Executable> {
  const session = await runtime.InferenceSession.create(encodeModel(program), options);
  const types = new Map<string, ElementType>(program.inputs.map(({ name, type }) => [name, type]));
  return {
    async run(feeds) {
      checkFeeds(program, feeds);
      const tensors: Record<string, OrtTensor> = {};
      for (const [name, type] of types) {
        const { data, shape } = feeds[name]!;
        tensors[name] = new runtime.Tensor(type, data as Float32Array, shape);
      }
      const results = await session.run(tensors);
      const outputs: Record<string, Tensor> = {};
      for (const { name } of program.outputs) {
        const { data, dims } = results[name]!;
        outputs[name] = { data: data as TensorData, shape: dims };
      }
      return outputs;
    },
    release: () => session.release(),
  };
}
