/** Learning-rate schedules, as in transformers' `optimization.py`: the factor on the base rate at each optimiser step. */
export type ScheduleName = 'linear' | 'cosine' | 'constant' | 'constant_with_warmup';

/** Steps over which the rate rises from 0: `warmup_steps`, or ceil(ratio · steps) as in transformers' `get_warmup_steps`. */
export function warmupSteps(settings: { warmup_steps?: number; warmup_ratio: number }, totalSteps: number): number {
  return settings.warmup_steps ?? Math.ceil(totalSteps * settings.warmup_ratio);
}

/**
 * Factor of optimiser step `step`, counted from 0: with a warm-up, step 0 has rate 0.
 * `constant` has no warm-up, `linear` ends at 0, `cosine` is half a wave.
 */
export function scheduleFactor(name: ScheduleName, step: number, warmup: number, totalSteps: number): number {
  if (name === 'constant') return 1;
  if (step < warmup) return step / Math.max(1, warmup);
  const rest = Math.max(1, totalSteps - warmup);
  switch (name) {
    case 'constant_with_warmup':
      return 1;
    case 'linear':
      return Math.max(0, (totalSteps - step) / rest);
    case 'cosine':
      return Math.max(0, 0.5 * (1 + Math.cos((Math.PI * (step - warmup)) / rest)));
  }
}
