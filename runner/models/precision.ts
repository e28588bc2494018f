/**
 * Frozen matrices as float16 in memory: half the bytes. Each is widened just before it is used (programs/widening.ts), so that trained tensors, activations, statistics of
 * LayerNorm, softmax, gradients and the optimiser are float32 throughout, and no loss needs scaling. What it costs in accuracy is one rounding of the weights; none where the
 * checkpoint's are float16.
 */
import type { Checkpoint } from './checkpoint';
import { canStream } from './residents';

export type FrozenPrecision = 'float32' | 'float16';

type Sized = Pick<Checkpoint, 'parameters' | 'headerOf'>;

/**
 * Names in the network of the tensors that are held as float16. Vectors are not among them: they are small, and LayerNorm's gains want their digits.
 * @param trained names in the network
 */
export function halvesOf(
  checkpoint: Sized,
  trained: ReadonlySet<string>,
  precision: FrozenPrecision = 'float32',
): ReadonlySet<string> {
  if (precision === 'float32') return new Set();
  const frozen = checkpoint.parameters.filter((one) => !trained.has(one.canonical) && canStream(one, checkpoint));
  return new Set(frozen.map(({ canonical }) => canonical));
}
