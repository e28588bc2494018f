/** CUDA without a GPU: what is missing is named, and programs with frozen tensors in them compute the same. */
import * as runtime from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { type Backend, openBackend } from '../../../runner/backends';
import type { Machine } from '../../../runner/backends/nvidia';
import { cudaParts } from '../../../runner/backends/onnxruntime/cuda';
import { compileOn } from '../../../runner/backends/onnxruntime/session';
import { Network } from '../../../runner/models/network';
import { chain, feeds, parameters } from '../models/small_network';

const all = 'libcudart.so.12 libcublas.so.12 libcublasLt.so.12 libcufft.so.11 libcurand.so.10 libcudnn.so.9';
const h100 = '550.54, NVIDIA H100, 81559 MiB, Default\n';
const own = '/ort/libonnxruntime_providers_cuda.so';

/** A machine as these words describe it. */
const machine = (gpus: string | undefined, { libraries = all, users = '', closed = '' } = {}): Machine => ({
  ask: (program, [query]) =>
    program !== 'nvidia-smi' ? libraries : query!.startsWith('--query-gpu=driver_version,name,') ? gpus : users,
  exists: (file) => file === own || file.startsWith('/dev/nvidia'),
  isOpen: (file) => file !== closed,
});

describe('what CUDA needs', () => {
  const exclusive = h100.replace('Default', 'Exclusive_Process');
  it.each<[string, Machine, string, RegExp[]]>([
    ['all', machine(h100), '/ort', []],
    ['no driver', machine(undefined), '/ort', [/`nvidia-smi` does not answer.*nvidia-driver/, /--gpus all/]],
    ['an old driver', machine('470.82, Tesla T4, 15109 MiB, Default'), '/ort', [/470\.82 is too old.*525/]],
    ['a device that is not ours', machine(h100, { closed: '/dev/nvidia0' }), '/ort', [/use \/dev\/nvidia0: .*usermod/]],
    ['a GPU of one process', machine(exclusive), '/ort', []],
    [
      'such a GPU with a process',
      machine(exclusive, { users: '4711, python\n' }),
      '/ort',
      [/process alone and has one \(4711, python\): wait/],
    ],
    ['two of them and one process', machine(exclusive + exclusive, { users: '4711, python\n' }), '/ort', []],
    ['one that takes many, with a process', machine(h100, { users: '4711, python\n' }), '/ort', []],
    ['no library of onnxruntime', machine(h100), '/elsewhere', [/onnxruntime-node-install=cuda12/]],
    [
      'no cuDNN',
      machine(h100, { libraries: all.replace('libcudnn.so.9', '') }),
      '/ort',
      [/^libcudnn\.so\.9 cannot.*cudnn9/],
    ],
  ])('%s', (_, there, folder, hints) => {
    const missing = cudaParts(there, folder).filter(({ found }) => found === undefined);
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
