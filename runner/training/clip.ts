/** Clipping by the global gradient norm, as torch.nn.utils.clip_grad_norm_. */
import type { Floats } from './adamw';

/** Euclidean norm of all gradients taken together, accumulated in float64. */
export function globalNorm(gradients: Iterable<Floats>): number {
  let squares = 0;
  for (const gradient of gradients) for (let i = 0; i < gradient.length; i++) squares += gradient[i]! * gradient[i]!;
  return Math.sqrt(squares);
}

/** What the gradients are multiplied by: min(1, maxNorm / (norm + 1e-6)); 1 where `maxNorm` is 0. */
export function clipScale(norm: number, maxNorm: number): number {
  return maxNorm === 0 ? 1 : Math.min(1, maxNorm / (norm + 1e-6));
}
