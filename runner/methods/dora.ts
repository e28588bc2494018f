/**
 * DoRA, LoRA's `use_dora`: y = b + (m / ‖W + s · B A‖) · (W x + s · B (A x)), with a magnitude m [out] that starts as the norms of W's rows: the first step starts
 * from the base model. The norm takes no part in the gradient. Source: Liu et al. 2024, sections 4.1 to 4.3; names as in Hugging Face peft, which decays m.
 */
import type { Adaptation } from '../models/adaptations';
import type { Parameter } from '../models/types';
import { dora } from '../programs/ops/dora';
import { peftRoot } from './peft';
import { modulePath } from './targets';
import type { AddedTensor } from './types';

/** The magnitude of one adapted layer. */
export function doraMagnitude({ name, canonical, shape }: Parameter): AddedTensor {
  return {
    name: `${peftRoot}${modulePath(name)}.lora_magnitude_vector.weight`,
    place: `${modulePath(canonical)}.lora_magnitude_vector.weight`,
    shape: shape.length === 2 ? [shape[0]!] : [1, shape[0]!, 1, 1],
    decay: true,
    initial: ({ base }) => rowNorms(base(name), shape[0]!),
  };
}

/** Euclidean norms of the rows of a matrix, summed in float64. */
export function rowNorms(matrix: Float32Array, rows: number): Float32Array {
  const width = matrix.length / rows;
  return Float32Array.from({ length: rows }, (_, row) =>
    Math.sqrt(matrix.subarray(row * width, (row + 1) * width).reduce((sum, x) => sum + x * x, 0)),
  );
}

export function doraSite(path: string, rank: number, scale: number): Adaptation {
  return {
    site: 'linear',
    path,
    key: `dora ${rank} ${scale}`,
    act({ tape }, { path: at, x, weight, bias }) {
      const [out, into] = weight.shape as [number, number];
      const a = tape.parameter(`${at}.lora_A.weight`, [rank, into]);
      const b = tape.parameter(`${at}.lora_B.weight`, [out, rank]);
      const magnitude = tape.parameter(`${at}.lora_magnitude_vector.weight`, [out]);
      return dora(tape, x, { weight, a, b, magnitude, ...(bias && { bias }) }, scale);
    },
  };
}
