/** Save or recompute, all images at once or some: what is kept in memory is a choice, what comes out is not. */
import { beforeAll, describe, expect, it } from 'vitest';
import { type Backend, openBackend, type Tensor } from '../../../runner/backends';
import type { Call, Split } from '../../../runner/models/chain';
import type { Block } from '../../../runner/models/modules';
import { Network, type Tensors } from '../../../runner/models/network';
import { randomStream } from '../../../runner/models/random';
import { crossEntropy } from '../../../runner/programs/ops/cross_entropy';
import { gelu } from '../../../runner/programs/ops/gelu';
import { residual } from '../../../runner/programs/ops/residual';

const [images, tokens, width] = [5, 3, 4];
let backend: Backend;
const runs: string[] = [];

beforeAll(async () => {
  const real = await openBackend({ backend: 'onnxruntime', device: 'cpu', threads: 1 });
  backend = {
    ...real,
    async compile(program) {
      const executable = await real.compile(program);
      return {
        ...executable,
        run(feeds) {
          runs.push(program.name);
          return executable.run(feeds);
        },
      };
    },
  };
});

const layer: Block = {
  key: 'layer',
  build(m) {
    const x = m.tape.input('x', ['N', width]);
    m.tape.output('out', residual(m.tape, x, gelu(m.tape, m.linear('dense', m.layerNorm('norm', x, 1e-5), width))));
  },
};
const loss: Block = {
  key: 'loss',
  build(m) {
    const labels = m.tape.input('labels', ['N'], 'int64');
    const logits = m.linear('head', m.tape.input('x', ['N', width]), 3);
    m.tape.output('out', crossEntropy(m.tape, logits, labels, m.tape.input('normalizer', []), { labelSmoothing: 0 }));
  },
};

function chain(atOnce: number | undefined): Call[] {
  const split: Split | undefined = atOnce ? { rows: { x: tokens, out: tokens }, atOnce } : undefined;
  const call = (i: number): Call => ({
    block: layer,
    prefix: `layers.${i}.`,
    inputs: { x: i ? `layer.${i - 1}` : 'pixels' },
    outputs: { out: `layer.${i}` },
    split,
  });
  const end = { x: 'layer.2', labels: 'labels', normalizer: 'normalizer' };
  return [call(0), call(1), call(2), { block: loss, prefix: '', inputs: end, outputs: { out: 'loss' } }];
}

const random = randomStream(0, 'network');
const tensor = (...shape: number[]): Tensor => ({
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 2 * random() - 1),
  shape,
});
const parameters = new Map<string, Tensor>([
  ...[0, 1, 2].flatMap((i): [string, Tensor][] => [
    [`layers.${i}.dense.weight`, tensor(width, width)],
    [`layers.${i}.dense.bias`, tensor(width)],
    [`layers.${i}.norm.weight`, tensor(width)],
    [`layers.${i}.norm.bias`, tensor(width)],
  ]),
  ['head.weight', tensor(3, width)],
  ['head.bias', tensor(3)],
]);
const pixels = tensor(images * tokens, width);
const feeds = (): Tensors =>
  new Map<string, Tensor>([
    ['pixels', pixels],
    ['labels', { data: BigInt64Array.from({ length: images * tokens }, (_, i) => BigInt(i % 3)), shape: [15] }],
    ['normalizer', { data: Float32Array.of(7), shape: [] }],
  ]);

async function differentiate(atOnce?: number, keptBytes?: number, trainable = [...parameters.keys()]) {
  runs.length = 0;
  const network = new Network(backend, parameters, new Set(trainable), { sites: [], calls: [] }, { keptBytes });
  const result = await network.differentiate(chain(atOnce), feeds());
  await network.dispose();
  return { ...result, recomputed: runs.filter((name) => name === 'layer.inference').length };
}

// kept by a layer of 15 rows: the inner tensor of the linear layer, and what LayerNorm leaves
const everything = 1e6;

describe.each([
  ['all images at once', undefined],
  ['two images at a time', 2],
  ['one image at a time', 1],
])('%s', (_, atOnce) => {
  it.each([0, 500])('%i bytes for what backward needs: the same bytes as without a limit', async (keptBytes) => {
    const kept = await differentiate(atOnce, everything);
    const spared = await differentiate(atOnce, keptBytes);
    expect(kept.recomputed).toBe(0);
    expect(spared.recomputed).toBeGreaterThan(0);
    expect(spared.loss).toBe(kept.loss);
    expect(spared.gradients).toEqual(kept.gradients);
  });

  it('gives the loss and gradients of the whole', async () => {
    const whole = await differentiate();
    const parts = await differentiate(atOnce);
    expect(parts.loss).toBeCloseTo(whole.loss, 5);
    for (const [name, gradient] of whole.gradients)
      for (const [i, value] of gradient.entries()) expect(parts.gradients.get(name)![i]).toBeCloseTo(value, 5);
  });
});

it('keeps some layers and computes others again, where the limit lies between', async () => {
  expect((await differentiate(undefined, 0)).recomputed).toBe(3);
  expect((await differentiate(undefined, 500)).recomputed).toBe(1);
});

it('computes nothing again below the lowest trained tensor, whatever the limit', async () => {
  const { gradients, recomputed } = await differentiate(1, 0, ['layers.2.norm.weight']);
  expect([...gradients.keys()]).toEqual(['layers.2.norm.weight']);
  expect(recomputed).toBe(3 * images);
  expect(runs.filter((name) => name === 'layer.forward')).toHaveLength(images);
  expect(runs.filter((name) => name === 'layer.backward')).toHaveLength(images);
});
