/** CUDA without a GPU: what is missing is named, and programs with frozen tensors in them compute the same. */
import * as runtime from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { type Backend, openBackend } from '../../../runner/backends';
import { type CudaMachine, cudaParts } from '../../../runner/backends/onnxruntime/cuda';
import { compileOn } from '../../../runner/backends/onnxruntime/session';
import { Network } from '../../../runner/models/network';
import { chain, feeds, parameters } from '../models/small_network';

const all = 'libcudart.so.12 libcublas.so.12 libcublasLt.so.12 libcufft.so.11 libcurand.so.10 libcudnn.so.9';
const machine = (gpus: string | undefined, libraries: string, hasOwn: boolean): CudaMachine => ({
  ask: (program) => (program === 'nvidia-smi' ? gpus : libraries),
  folder: () => '/ort',
  exists: (file) => hasOwn && file === '/ort/libonnxruntime_providers_cuda.so',
});

describe('what CUDA needs', () => {
  it.each([
    ['all', machine('550.54, NVIDIA H100, 81559 MiB\n', all, true), []],
    ['no driver', machine(undefined, all, true), [/`nvidia-smi` does not answer.*nvidia-driver/, /--gpus all/]],
    ['an old driver', machine('470.82, Tesla T4, 15109 MiB\n', all, true), [/470\.82 is too old.*525/]],
    ['no library of onnxruntime', machine('550.54, H100, 1 MiB', all, false), [/onnxruntime-node-install=cuda12/]],
    [
      'no cuDNN',
      machine('550.54, H100, 1 MiB', all.replace('libcudnn.so.9', ''), true),
      [/^libcudnn\.so\.9 cannot.*cudnn9/],
    ],
  ])('%s', (_, there, hints) => {
    const missing = cudaParts(there).filter(({ found }) => found === undefined);
    expect(missing.map(({ hint }) => hint)).toEqual(hints.map((hint) => expect.stringMatching(hint)));
  });
});

it('frozen tensors are part of the program and not fed: loss and gradients stay', async () => {
  const plain = await openBackend({ backend: 'onnxruntime', device: 'cpu', threads: 1 });
  const inside: string[][] = [];
  const special: Backend = {
    ...plain,
    specialise(program, frozen) {
      inside.push(Object.keys(frozen));
      return compileOn(runtime, program, { intraOpNumThreads: 1 }, frozen);
    },
  };
  const trainable = new Set(['layers.1.norm.weight', 'head.bias']);
  const differentiate = async (backend: Backend) => {
    const network = new Network(backend, parameters, trainable, { sites: [], calls: [] });
    const first = await network.differentiate(chain(2), feeds());
    await network.differentiate(chain(2), feeds());
    await network.dispose();
    return first;
  };
  const [expected, actual] = [await differentiate(plain), await differentiate(special)];
  expect(actual.loss).toBeCloseTo(expected.loss, 5);
  for (const [name, gradient] of expected.gradients)
    for (const [i, value] of gradient.entries()) expect(actual.gradients.get(name)![i]).toBeCloseTo(value, 5);
  // layer 0 forward, layers 1 and 2 forward and backward, the loss: compiled once, however often they are run
  expect(inside).toHaveLength(6);
});
