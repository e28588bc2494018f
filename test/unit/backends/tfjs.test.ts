/** What the executor on TensorFlow.js holds, and what is said when it cannot be loaded. Its operations: test/unit/programs/ops.test.ts. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { openBackend, type Placed, type Tensor } from '../../../runner/backends';
import { executable } from '../../../runner/backends/tfjs/execute';
import { load, sources } from '../../../runner/backends/tfjs/load';
import { taken } from '../../../runner/backends/tfjs/tensors';
import { isOnDevice } from '../../../runner/backends/types';
import { gelu } from '../../../runner/programs/ops/gelu';
import { layerNorm } from '../../../runner/programs/ops/layernorm';
import { linear } from '../../../runner/programs/ops/linear';
import { Tape } from '../../../runner/programs/tape';
import { hasTfjs } from '../../shared';

afterEach(() => vi.unstubAllEnvs());

/** A feed-forward layer with its gradients. */
function layer() {
  const tape = new Tape('layer');
  const x = tape.input('x', ['N', 4]);
  const hidden = gelu(tape, linear(tape, x, tape.parameter('w', [4, 4]), tape.parameter('b', [4])));
  tape.output('y', layerNorm(tape, hidden, tape.parameter('gain', [4]), tape.parameter('bias', [4]), 1e-6));
  return tape.differentiate({ parameters: new Set(['gain', 'bias']), inputs: new Set(['x']) });
}

const values = (...shape: number[]): Tensor => ({
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i + 1)),
  shape,
});

describe.runIf(hasTfjs()).each(['cpu', 'wasm', 'js'] as const)('tfjs, device %s', (device) => {
  it('holds as many tensors after 1,000 steps as after the first, and none in the end', async () => {
    const { tf } = await load(device);
    const before = tf.memory().numTensors;
    const { memory } = await openBackend({ backend: 'tfjs', device, threads: 1 });
    const { forward, backward, saved } = layer();
    const programs = [
      await memory!.compile(forward, new Set()),
      await memory!.compile(backward, new Set(['grad.gain', 'grad.bias'])),
    ] as const;
    const resident = { w: await memory!.upload(values(4, 4)), b: await memory!.upload(values(4)) };
    const weights = { ...resident, gain: values(4), bias: values(4) };
    const step = async () => {
      const results = await programs[0].run({ x: values(3, 4), ...weights });
      const fed = Object.fromEntries(saved.map((name) => [name, results[name]!]));
      const gradients = await programs[1].run({ x: values(3, 4), ...weights, ...fed, 'grad.y': values(3, 4) });
      expect(Object.keys(gradients).filter((name) => isOnDevice(gradients[name]!))).toEqual(['grad.x']);
      for (const tensor of [...Object.values(results), ...Object.values(gradients)])
        if (isOnDevice(tensor)) tensor.dispose();
    };
    await step();
    const after = tf.memory().numTensors;
    for (let i = 1; i < 1000; i++) await step();
    expect(tf.memory().numTensors).toBe(after);
    expect(memory!.held()).toBe(2);
    for (const tensor of Object.values(resident)) tensor.dispose();
    for (const program of programs) await program.release();
    expect(memory!.held()).toBe(0);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('takes what stays on the device there once', async () => {
    const { tf } = await load(device);
    const tensor = vi.fn(tf.tensor);
    const { memory } = await openBackend({ backend: 'tfjs', device, threads: 1 });
    const program = executable<Placed>({ ...tf, tensor }, sources[device].backend, layer().forward, ({ type }, made) =>
      taken(made, type),
    );
    const w = await memory!.upload(values(4, 4));
    const run = () => program.run({ x: values(3, 4), w, b: values(4), gain: values(4), bias: values(4) });
    await run();
    tensor.mockClear();
    await run();
    const shapes = tensor.mock.calls.map(([, shape]) => String(shape));
    // Numbers of formulas aside.
    expect(shapes.filter((shape) => shape !== '')).toEqual(['3,4', '4', '4', '4']);
    w.dispose();
    await program.release();
  });

  it('reads a tuned tensor anew in each run, and what it gave out does not change with it', async () => {
    const backend = await openBackend({ backend: 'tfjs', device, threads: 1 });
    const tape = new Tape('double');
    tape.output('y', linear(tape, tape.input('x', ['N', 1]), tape.parameter('w', [1, 1])));
    const program = await backend.compile(tape.inference());
    const w = { data: Float32Array.of(2), shape: [1, 1] };
    const x = { data: Float32Array.of(3), shape: [1, 1] };
    const first = (await program.run({ x, w })).y!;
    w.data[0] = 5;
    expect((await program.run({ x, w })).y!.data[0]).toBe(15);
    expect(first.data[0]).toBe(6);
    await program.release();
  });
});
if (!hasTfjs()) it.skip('tensors of backend tfjs: it needs `npm run setup:tfjs`');

const hasDriver = spawnSync('nvidia-smi').status === 0;

/** A folder as the set-up makes it, with these packages. */
function installed(packages: Record<string, string>): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'medpeft-tfjs-'));
  for (const [name, text] of Object.entries(packages)) {
    const at = path.join(folder, 'node_modules', name);
    mkdirSync(at, { recursive: true });
    writeFileSync(path.join(at, 'index.js'), text);
  }
  return folder;
}

const fake = (backend: string) =>
  `module.exports = { version_core: '4', enableProdMode() {}, setBackend: async () => true, backend: () => (${backend}) };`;

it.each([
  ['cpu', {}, /needs the package @tensorflow\/tfjs-node,.*not installed/, /npm run setup:tfjs/],
  ['gpu', {}, /needs the package @tensorflow\/tfjs-node-gpu/, /npm run setup:tfjs/],
  ['wasm', {}, /needs the package @tensorflow\/tfjs-backend-wasm/, /npm run setup:tfjs/],
  [
    'cpu',
    { '@tensorflow/tfjs-node': 'throw new Error("NODE_MODULE_VERSION 93. This version of Node.js requires 115")' },
    /tfjs-node is installed and cannot be loaded: NODE_MODULE_VERSION 93/,
    /tests and repairs/,
  ],
  [
    'gpu',
    { '@tensorflow/tfjs-node-gpu': fake('{ isUsingGpuDevice: false, binding: { TF_Version: "2.21.0" } }') },
    /TensorFlow 2\.21\.0 found no GPU/,
    hasDriver ? /setup:tfjs -- --cuda/ : /^NVIDIA driver: `nvidia-smi` does not answer: .*setup:tfjs -- --cuda/,
  ],
] as const)(
  'device %s with %j is refused with its reason, and nothing else computes',
  async (device, packages, message, hint) => {
    vi.stubEnv('MEDPEFT_TFJS', installed(packages));
    await expect(openBackend({ backend: 'tfjs', device })).rejects.toMatchObject({
      code: 'MP3101',
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    });
  },
);
