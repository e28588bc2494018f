/** Which device is chosen where a spec leaves it open, and what is said where one cannot be had. */
import { describe, expect, it } from 'vitest';
import type { Backend, Tensor } from '../../../runner/backends';
import { refusal } from '../../../runner/backends/onnxruntime/refusals';
import { type Choice, chooseBackend, type Surroundings } from '../../../runner/backends/select';
import { selfTest } from '../../../runner/backends/self_test';

const none = { refused: { message: 'no driver', hint: 'get one' } };

/** A machine on which each device takes so many seconds, or is refused; it has what they need, but for what is named. */
function machine(seconds: Record<string, number>, lacks: readonly string[] = []) {
  const contests: string[][] = [];
  const surroundings: Surroundings = {
    has: (needed) => !lacks.includes(needed),
    async contest(contestants) {
      const names = contestants.map(({ backend, device }) => `${backend} ${device}`);
      contests.push(names);
      return names.map((name) => (name in seconds ? { seconds: seconds[name]! } : none));
    },
  };
  return { surroundings, contests };
}

const auto = { backend: 'auto', device: 'auto' };
const [gpu, tensorflow, plain] = ['onnxruntime webgpu', 'tfjs cpu', 'onnxruntime cpu'];
const noGpu = ['a GPU'];
const nothing = ['a GPU', 'its package'];

describe('what is left open', () => {
  it.each([
    ['a GPU that is quicker', { [gpu]: 0.001, [plain]: 0.01 }, [], gpu, /webgpu 1 ms, onnxruntime cpu 10 ms/],
    ['a GPU in software', { [gpu]: 0.4, [plain]: 0.01 }, [], plain, /webgpu 400 ms/],
    ['a GPU without a driver', { [plain]: 0.01 }, [], plain, /webgpu: no driver/],
    [
      'tfjs that is quicker',
      { [tensorflow]: 0.008, [plain]: 0.01 },
      noGpu,
      tensorflow,
      /no GPU.* tfjs cpu 8 ms, onn.*10 ms$/,
    ],
    [
      'tfjs that is slower',
      { [tensorflow]: 0.02, [plain]: 0.01 },
      noGpu,
      plain,
      /onnxruntime cpu 10 ms, tfjs cpu 20 ms$/,
    ],
    [
      'tfjs that is quicker by noise',
      { [tensorflow]: 0.0095, [plain]: 0.01 },
      noGpu,
      plain,
      /less than a tenth quicker/,
    ],
    ['tfjs that does not load', { [plain]: 0.01 }, noGpu, plain, /tfjs cpu: no driver/],
    [
      'the quicker of GPU and tfjs',
      { [gpu]: 0.003, [tensorflow]: 0.002, [plain]: 0.01 },
      [],
      tensorflow,
      /tfjs cpu 2 ms/,
    ],
  ] as const)('%s', async (_, seconds, lacks, chosen, reason) => {
    const choice = await chooseBackend(auto, undefined, machine(seconds, lacks).surroundings);
    expect(`${choice.backend} ${choice.device}`).toBe(chosen);
    expect(choice).toMatchObject({ automatic: true, reason: expect.stringMatching(reason) });
  });

  it('nothing is tried where there is one device alone', async () => {
    const { surroundings, contests } = machine({}, nothing);
    const choice = await chooseBackend(auto, undefined, surroundings);
    expect(choice).toMatchObject({ backend: 'onnxruntime', device: 'cpu' });
    expect(choice.reason).toBe('there is no GPU; @tensorflow/tfjs-node is not installed');
    expect(contests).toEqual([]);
  });

  it.each([
    [{ ...auto, device: 'webgpu' }, 'device webgpu was named'],
    [{ backend: 'onnxruntime', device: 'webgpu' }, 'both were named'],
  ])('%j is taken untried', async (asked, reason) => {
    const { surroundings, contests } = machine({});
    const choice = await chooseBackend(asked, undefined, surroundings);
    expect(choice).toEqual({ backend: 'onnxruntime', device: 'webgpu', reason });
    expect(contests).toEqual([]);
  });

  it.each([
    ['an unknown backend', { backend: 'torch', device: 'auto' }, /backend torch is not supported/],
    ['an unknown device', { backend: 'auto', device: 'tpu' }, /device tpu/],
    ['a device of another backend', { backend: 'onnxruntime', device: 'wasm' }, /device wasm of backend onnxruntime/],
    ['a machine on which nothing works', auto, /no driver/],
  ])('%s is refused', async (_, asked, message) => {
    await expect(chooseBackend(asked, undefined, machine({}).surroundings)).rejects.toMatchObject({
      code: 'MP3101',
      message: expect.stringMatching(message),
    });
  });
});

describe('weights in float16', () => {
  it.each([auto, { backend: 'onnxruntime', device: 'auto' }, { backend: 'auto', device: 'cpu' }])(
    '%j: where they are taken, though another device be quicker or was chosen before',
    async (asked) => {
      const { surroundings, contests } = machine({ [gpu]: 0.001, [plain]: 0.01 });
      const kept = { backend: 'onnxruntime', device: 'webgpu', reason: 'before', automatic: true } as const;
      const choice = await chooseBackend({ ...asked, float16: true }, kept, surroundings);
      expect(choice).toMatchObject({
        backend: 'onnxruntime',
        device: 'cpu',
        reason: expect.stringContaining('float16'),
      });
      expect(contests).toEqual([]);
    },
  );

  it.each([
    { backend: 'tfjs', device: 'auto' },
    { backend: 'auto', device: 'webgpu' },
  ])('%j: refused, and never another one instead', async (asked) => {
    const refused = chooseBackend({ ...asked, float16: true }, undefined, machine({ [gpu]: 0.001 }).surroundings);
    await expect(refused).rejects.toMatchObject({ code: 'MP3101', message: expect.stringContaining('float16') });
  });
});

describe('an earlier choice', () => {
  const kept: Choice = { backend: 'tfjs', device: 'cpu', reason: 'it was quicker', automatic: true };
  it.each([
    [
      'stands where it works, whatever is quicker',
      { [tensorflow]: 0.5, [plain]: 0.01 },
      kept,
      tensorflow,
      /^it was quicker$/,
    ],
    [
      'is made anew where it is not to be had',
      { [plain]: 0.01 },
      kept,
      plain,
      /tfjs cpu, chosen before, is not to be had: no driver/,
    ],
    ['of the plainest device is not even tried', {}, { ...kept, backend: 'onnxruntime' }, plain, /^it was quicker$/],
  ])('%s', async (_, seconds, before, chosen, reason) => {
    const choice = await chooseBackend(auto, before, machine(seconds).surroundings);
    expect(`${choice.backend} ${choice.device}`).toBe(chosen);
    expect(choice.reason).toMatch(reason);
  });

  it('of another backend than is named now does not count', async () => {
    const { surroundings } = machine({ [gpu]: 1, [plain]: 0.01 });
    const choice = await chooseBackend({ backend: 'onnxruntime', device: 'auto' }, kept, surroundings);
    expect(choice).toMatchObject({ backend: 'onnxruntime', device: 'cpu' });
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
