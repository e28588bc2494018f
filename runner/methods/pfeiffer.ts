/**
 * Pfeiffer adapters: norm(h + up(relu(down(norm(h + x)))) + x) after the FFN, with h the FFN's result and x its input. All weights start normal with deviation
 * 0.02, so that the first step starts close to the base model.
 * Source: Pfeiffer et al. 2020, arXiv 2005.00247, section 3; adapter-hub `adapters` 1.3, configuration `seq_bn`.
 */
import { normal } from '../models/random';
import { relu } from '../programs/ops/relu';
import { residual } from '../programs/ops/residual';
import { type Bottleneck, bottleneckMethod } from './bottleneck';

const small: Bottleneck['initial']['down'] = (shape, { random }) => normal(shape, 0.02, random);

export const pfeiffer = bottleneckMethod({
  type: 'pfeiffer',
  after: ['ffn'],
  activation: relu,
  initial: { down: small, up: small },
  combine(tape, { h, x, norm, adapt }) {
    const adapted = adapt(norm(residual(tape, h, x)));
    return norm(residual(tape, residual(tape, h, adapted), x));
  },
});
