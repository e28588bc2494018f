/**
 * Houlsby adapters: norm(h + up(silu(down h)) + x) after self-attention and after the FFN, with h the sublayer's result and x its input; not after cross-attention.
 * All weights start normal with deviation 0.02, so that the first step starts close to the base model.
 * Source: Houlsby et al. 2019, figure 2; adapter-hub `adapters` 1.3, configuration `double_seq_bn`.
 */
import { normal } from '../models/random';
import { residual } from '../programs/ops/residual';
import { silu } from '../programs/ops/swish';
import { type Bottleneck, bottleneckMethod } from './bottleneck';

const small: Bottleneck['initial']['down'] = (shape, { random }) => normal(shape, 0.02, random);

export const houlsby = bottleneckMethod({
  type: 'houlsby',
  after: ['attention', 'ffn'],
  activation: silu,
  initial: { down: small, up: small },
  combine: (tape, { h, x, norm, adapt }) => norm(residual(tape, residual(tape, h, adapt(h)), x)),
});
