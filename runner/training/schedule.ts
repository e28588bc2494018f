/** Learning-rate schedules, as in transformers' `optimization.py`: the factor on the peak rate at each optimiser step. */
import { fillDefaults } from '../../schemas/defaults';
import type { ScheduleSettings, Training } from '../../schemas/generated/spec';
import { MedpeftError } from '../errors';

export type ScheduleName = NonNullable<Training['lr_scheduler']>;

/** Steps over which the rate rises from 0: `warmup_steps`, or ceil(ratio · steps) as in transformers' `get_warmup_steps`. */
export function warmupSteps(settings: { warmup_steps?: number; warmup_ratio: number }, totalSteps: number): number {
  return settings.warmup_steps ?? Math.ceil(totalSteps * settings.warmup_ratio);
}

/**
 * The factor of each optimiser step, counted from 0; with a warm-up, step 0 has rate 0. `constant` has no warm-up.
 * @param peak the method's largest rate, which `lr_end` is held against
 * @throws MP1005 if a polynomial would not fall
 */
export function scheduleOf(
  training: Pick<Training, 'lr_scheduler_kwargs' | 'warmup_steps'> & {
    lr_scheduler: ScheduleName;
    warmup_ratio: number;
  },
  totalSteps: number,
  peak: number,
): (step: number) => number {
  const { lr_scheduler: name, lr_scheduler_kwargs: given = {} } = training;
  const settings = fillDefaults('schedule_settings', given) as Required<Omit<ScheduleSettings, 'timescale'>>;
  if (name === 'constant') return () => 1;
  if (name === 'polynomial' && settings.lr_end >= peak)
    throw new MedpeftError(
      'MP1005',
      `the polynomial schedule ends at ${settings.lr_end}, which is not below the learning rate ${peak}`,
      'lower lr_end in lr_scheduler_kwargs',
    );
  const warmup = warmupSteps(training, totalSteps);
  const timescale = given.timescale ?? (warmup || 10_000);
  const after = decay(name, { ...settings, end: settings.lr_end / peak, warmup, timescale });
  const rest = Math.max(1, totalSteps - warmup);
  return (step) => (step < warmup ? step / Math.max(1, warmup) : after((step - warmup) / rest, step));
}

/** The factor after the warm-up, of the share of the remaining steps that is done (0..1) and of the step itself. */
function decay(
  name: Exclude<ScheduleName, 'constant'>,
  s: Required<ScheduleSettings> & { end: number; warmup: number },
): (done: number, step: number) => number {
  const halfWave = (done: number) => 0.5 * (1 + Math.cos(Math.PI * done));
  switch (name) {
    case 'constant_with_warmup':
      return () => 1;
    case 'linear':
      return (done) => Math.max(0, 1 - done);
    case 'cosine':
      return halfWave;
    case 'cosine_with_min_lr':
      return (done) => s.min_lr_rate + (1 - s.min_lr_rate) * halfWave(done);
    case 'inverse_sqrt':
      return (_, step) => 1 / Math.sqrt((step + s.timescale - s.warmup) / s.timescale);
    case 'polynomial':
      return (done) => s.end + (1 - s.end) * Math.max(0, 1 - done) ** s.power;
  }
}
