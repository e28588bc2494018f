/** A network of three layers and a loss, small enough to be run in every way. */
import type { Tensor } from '../../../runner/backends';
import type { Call, Split } from '../../../runner/models/chain';
import type { Block } from '../../../runner/models/modules';
import type { Tensors } from '../../../runner/models/network';
import { randomStream } from '../../../runner/models/random';
import { crossEntropy } from '../../../runner/programs/ops/cross_entropy';
import { gelu } from '../../../runner/programs/ops/gelu';
import { residual } from '../../../runner/programs/ops/residual';

export const images = 5;
const [tokens, width] = [3, 4];

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

export function chain(atOnce: number | undefined): Call[] {
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
export const parameters = new Map<string, Tensor>([
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
export const feeds = (): Tensors =>
  new Map<string, Tensor>([
    ['pixels', pixels],
    ['labels', { data: BigInt64Array.from({ length: images * tokens }, (_, i) => BigInt(i % 3)), shape: [15] }],
    ['normalizer', { data: Float32Array.of(7), shape: [] }],
  ]);
