/**
 * Parallel adapters: norm(h + 4 · up(relu(down x)) + x) beside the FFN, with h the FFN's result and x its input. up starts at zero: the first step starts from the
 * base model. Source: He et al. 2022, arXiv 2110.04366, table 1; adapter-hub `adapters` 1.3, configuration `par_bn`.
 */
import { kaimingUniform } from '../models/random';
import { sizeOf } from '../models/safetensors';
import { relu } from '../programs/ops/relu';
import { residual, scale } from '../programs/ops/residual';
import { bottleneckMethod } from './bottleneck';

export const parallel = bottleneckMethod({
  type: 'parallel',
  after: ['ffn'],
  activation: relu,
  initial: {
    down: (shape, { random }) => kaimingUniform(shape, random),
    up: (shape) => new Float32Array(sizeOf(shape)),
  },
  combine: (tape, { h, x, norm, adapt }) => norm(residual(tape, residual(tape, h, scale(tape, adapt(x), 4)), x)),
});
