/** Which device is chosen where a spec leaves it open, and what is said where one cannot be had. */
import { describe, expect, it } from 'vitest';
import type { Backend, Tensor } from '../../../runner/backends';
import { refusal } from '../../../runner/backends/onnxruntime/refusals';
import { chooseBackend, type Surroundings } from '../../../runner/backends/select';
import { selfTest } from '../../../runner/backends/self_test';
import { MedpeftError } from '../../../runner/errors';

const none = new MedpeftError('MP3101', 'no driver');

/** A machine on which each device takes so many seconds for its self-test, or has none. */
function machine(seconds: Record<string, number | undefined>, hasGpu = true): Surroundings {
  const backend = (name: string, device: string): Backend => ({
    name,
    device,
    version: '1',
    threads: 1,
    compile: () => Promise.reject(new Error('nothing is computed here')),
  });
  return {
    hasGpu: () => hasGpu,
    open: async (asked) => backend(asked.backend, asked.device),
    async test({ device }) {
      const taken = seconds[device];
      if (taken === undefined) throw none;
      return taken;
    },
  };
}

const auto = { backend: 'auto', device: 'auto' };

describe('what is left open', () => {
  it.each([
    ['a GPU that is quicker', auto, machine({ webgpu: 0.001, cpu: 0.01 }), 'webgpu', /webgpu took 1 ms/],
    ['a GPU in software', auto, machine({ webgpu: 0.4, cpu: 0.01 }), 'cpu', /webgpu is slower: 400 ms/],
    ['a GPU without a driver', auto, machine({ cpu: 0.01 }), 'cpu', /webgpu: no driver/],
    ['no GPU: nothing is tried', auto, machine({}, false), 'cpu', /there is no GPU/],
    ['a device that was named', { ...auto, device: 'webgpu' }, machine({}, false), 'webgpu', /webgpu was named/],
    ['both named', { backend: 'onnxruntime', device: 'webgpu' }, machine({}), 'webgpu', /both were named/],
  ] as const)('%s', async (_, asked, surroundings, device, reason) => {
    const choice = await chooseBackend(asked, surroundings);
    expect(choice).toMatchObject({ backend: 'onnxruntime', device, reason: expect.stringMatching(reason) });
  });

  it.each([
    ['an unknown backend', { backend: 'torch', device: 'auto' }, /backend torch is not supported/],
    ['an unknown device', { backend: 'auto', device: 'tpu' }, /device tpu/],
    ['a device of another backend', { backend: 'onnxruntime', device: 'wasm' }, /device wasm of backend onnxruntime/],
  ])('%s is refused', async (_, asked, message) => {
    await expect(chooseBackend(asked, machine({ cpu: 1 }))).rejects.toMatchObject({
      code: 'MP3101',
      message: expect.stringMatching(message),
    });
  });

  it('a processor that fails its self-test is refused, too', async () => {
    await expect(chooseBackend(auto, machine({}))).rejects.toBe(none);
  });
});

describe('the self-test', () => {
  const answering = (y: (rows: number) => Float32Array): Backend => ({
    name: 'onnxruntime',
    device: 'webgpu',
    version: '1',
    threads: 1,
    compile: async () => ({
      async run({ x }): Promise<Record<string, Tensor>> {
        const rows = x!.shape[0]!;
        return { y: { data: y(rows), shape: [rows] } };
      },
      release: () => Promise.resolve(),
    }),
  });

  it('a device that computes wrong numbers does not pass', async () => {
    await expect(selfTest(answering((rows) => new Float32Array(rows).fill(1)))).rejects.toMatchObject({
      code: 'MP3101',
      message: expect.stringMatching(/webgpu.* wrong numbers/),
    });
  });
});

/** What the package, the loader and the drivers say, word for word. */
it.each([
  [
    'the package is absent',
    "Cannot find module 'onnxruntime-node'\nRequire stack:\n- /opt/medpeft/dist/cli.js",
    /is not installed/,
    /npm ci/,
  ],
  [
    'the addon is for another Node',
    "The module 'onnxruntime_binding.node' was compiled against a different Node.js version using\nNODE_MODULE_VERSION 108. This version of Node.js requires\nNODE_MODULE_VERSION 115.",
    /built for another Node/,
    /medpeft doctor/,
  ],
  ['the addon is for another processor', '/x/onnxruntime_binding.node: invalid ELF header', /another system/, /npm ci/],
  [
    'an old system',
    "/lib64/libc.so.6: version `GLIBC_2.28' not found (required by libonnxruntime.so.1)",
    /too old/,
    /glibc/,
  ],
  [
    'an old driver',
    'CUDA failure 35: CUDA driver version is insufficient for CUDA runtime version ; GPU=0',
    /driver is too old/,
    /525/,
  ],
  [
    'a busy GPU',
    'CUDA failure 46: all CUDA-capable devices are busy or unavailable ; GPU=0',
    /in use/,
    /CUDA_VISIBLE_DEVICES/,
  ],
  ['no permission', 'cannot open /dev/dri/renderD128: Permission denied', /may not use/, /usermod/],
  ['no GPU for CUDA', 'CUDA failure 100: no CUDA-capable device is detected', /finds no GPU/, /nvidia-smi/],
  [
    'no cuDNN',
    'Failed to load library libonnxruntime_providers_cuda.so with error: libcudnn.so.9: cannot open shared object file',
    /cuDNN/,
    /cudnn9-cuda-12/,
  ],
  [
    "no library of onnxruntime's for CUDA",
    'OrtSessionOptionsAppendExecutionProvider_Cuda: Failed to load shared library',
    /CUDA library is not installed/,
    /onnxruntime-node-install=cuda12/,
  ],
  ['no GPU for WebGPU', 'Failed to get a WebGPU adapter: No supported adapters', /no GPU/, /libvulkan1/],
  ['what nobody knows', 'the moon is in the wrong quarter', /the moon is in the wrong quarter/, /doctor/],
])('MP3101 where there is %s', (_, words, message, hint) => {
  expect(refusal('webgpu', new Error(words))).toMatchObject({
    code: 'MP3101',
    message: expect.stringMatching(message),
    hint: expect.stringMatching(hint),
  });
});
