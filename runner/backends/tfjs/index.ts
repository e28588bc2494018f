/** Programs on TensorFlow.js. */
import { availableParallelism } from 'node:os';
import type { Count } from '../held';
import type { Backend, Placed } from '../types';
import { executable } from './execute';
import { load, sources, type TfjsDevice } from './load';
import { TfjsTensor, taken, upload } from './tensors';

export const tfjsDevices = Object.keys(sources);

/**
 * @param device one of `tfjsDevices`
 * @param threads of one operation on `cpu`; as many as there are processors if absent. `wasm` and `js` have one.
 * @throws MP3101 if a package is missing or does not load, or `gpu` finds none
 */
export async function openTfjs(device: string, threads?: number): Promise<Backend> {
  const { backend, isNative } = sources[device as TfjsDevice];
  const { tf, version } = await load(device as TfjsDevice, threads);
  const count: Count = { held: 0 };
  return {
    name: 'tfjs',
    device,
    version,
    threads: isNative ? (threads ?? availableParallelism()) : 1,
    compile: async (program) => executable(tf, backend, program, ({ type }, made) => taken(made, type)),
    memory: {
      compile: async (program, toHost) =>
        executable<Placed>(tf, backend, program, ({ name, type }, made) =>
          toHost.has(name) ? taken(made, type) : new TfjsTensor(type, made.shape, made, count),
        ),
      async upload(tensor) {
        if (tf.getBackend() !== backend) await tf.setBackend(backend);
        const value = upload(tf, tensor, 'float32');
        return new TfjsTensor('float32', value.shape, value, count);
      },
      held: () => count.held,
    },
  };
}
