/** How values are compared with golden ones. Tolerances: ten times the float32 noise that the folder's makers measured (README, section 5). */
import type { ParityCase } from './types';

export interface Golden {
  name: string;
  actual: ArrayLike<number>;
  expected: ArrayLike<number>;
  /** What float32 alone did to this very tensor, where the folder's makers measured it: ten times as much is allowed beside the tolerance. */
  noise?: number;
}

export interface Tolerance {
  /** Of the largest value of the tensor. */
  relative: number;
  /** Added to it, for tensors that are all but zero. */
  absolute?: number;
}

export const tolerances = {
  loss: { relative: 0, absolute: 1e-5 },
  logits: { relative: 5e-5 },
  hiddenStates: { relative: 2e-5 },
  gradients: { relative: 2e-4, absolute: 2e-6 },
  zeroGradients: { relative: 0, absolute: 1e-6 },
  beamScores: { relative: 0, absolute: 5e-5 },
  lossInTraining: { relative: 1e-5 },
  normInTraining: { relative: 1e-4 },
  trained: { relative: 5e-4 },
} satisfies Record<string, Tolerance>;

/** Largest |actual - expected| of a tensor as a share of what is allowed; infinite if a value is not a number or one is missing. */
export function excess({ actual, expected, noise = 0 }: Golden, { relative, absolute = 0 }: Tolerance): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  let error = 0;
  for (let i = 0; i < expected.length; i++) {
    largest = Math.max(largest, Math.abs(expected[i]!));
    const difference = Math.abs(actual[i]! - expected[i]!);
    error = difference <= error ? error : Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
  }
  if (error === 0) return 0;
  return error / (relative * largest + absolute + 10 * noise);
}

/**
 * One case for several tensors. Its error is the worst tensor's, in the unit of the tolerance that is shown: relative if there is a relative one.
 */
export function compare(name: string, goldens: readonly Golden[], tolerance: Tolerance): ParityCase {
  const shown = tolerance.relative || tolerance.absolute!;
  let worst = { name: '', share: 0 };
  for (const golden of goldens) {
    const share = excess(golden, tolerance);
    if (share >= worst.share) worst = { name: golden.name, share };
  }
  const failed = worst.share > 1 || goldens.length === 0;
  return {
    name,
    status: failed ? 'failed' : 'passed',
    max_error: worst.share * shown,
    tolerance: shown,
    ...(failed && { reason: goldens.length ? `differs most in ${worst.name}` : 'nothing to compare' }),
  };
}

/** A case that is not computed in this version. */
export function skipped(name: string, reason: string): ParityCase {
  return { name, status: 'skipped', reason };
}
