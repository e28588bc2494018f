/** A program as a session whose feeds and results are on the host. */
import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import type { ElementType, Program } from '../../programs/types';
import { checkFeeds } from '../shapes';
import type { Executable, Tensor, TensorData } from '../types';
import { encodeModel } from './encode';

export type Runtime = typeof import('onnxruntime-node');

/** @param frozen inputs whose values become part of the session, and are not fed */
export async function compileOn(
  runtime: Runtime,
  whole: Program,
  options: InferenceSession.SessionOptions,
  frozen: Readonly<Record<string, Tensor>> = {},
): Promise<Executable> {
  const program = { ...whole, inputs: whole.inputs.filter(({ name }) => !Object.hasOwn(frozen, name)) };
  const session = await runtime.InferenceSession.create(encodeModel(program, frozen), options);
  return {
    async run(feeds) {
      checkFeeds(program, feeds);
      const tensors: Record<string, OrtTensor> = {};
      for (const { name, type } of program.inputs) tensors[name] = fed(runtime, type, feeds[name]!);
      const results = await session.run(tensors);
      const outputs: Record<string, Tensor> = {};
      for (const { name } of program.outputs) outputs[name] = onHost(results[name]!);
      return outputs;
    },
    release: () => session.release(),
  };
}

export function fed(runtime: Runtime, type: ElementType, { data, shape }: Tensor): OrtTensor {
  return new runtime.Tensor(type, data as Float32Array, shape);
}

export function onHost({ data, dims }: OrtTensor): Tensor {
  return { data: data as TensorData, shape: dims };
}
