/** Settings of a learning-rate schedule belong to the schedule that is used. */
import { fillDefaults } from '../../../schemas/defaults';
import type { ScheduleSettings, Training } from '../../../schemas/generated/spec';
import type { Path } from '../types';
import type { Rule } from './rule';

const settingsOf: Readonly<Partial<Record<NonNullable<Training['lr_scheduler']>, (keyof ScheduleSettings)[]>>> = {
  cosine_with_min_lr: ['min_lr_rate'],
  polynomial: ['lr_end', 'power'],
  inverse_sqrt: ['timescale'],
};

/** A setting that the schedule does not have would do nothing. */
export const scheduleSettingsAreUsed: Rule = ({ spec, report }) => {
  const general = fillDefaults('training', spec.training ?? {}).lr_scheduler!;
  const check = (training: Training | undefined, path: Path) => {
    const name = training?.lr_scheduler ?? general;
    const known: readonly string[] = settingsOf[name] ?? [];
    for (const setting of Object.keys(training?.lr_scheduler_kwargs ?? {}))
      if (!known.includes(setting))
        report({
          code: 'MP1005',
          path: [...path, 'lr_scheduler_kwargs', setting],
          at: 'key',
          message: `the schedule "${name}" has no setting "${setting}"`,
          hint: known.length > 0 ? `it has ${known.join(', ')}` : 'leave it out',
          related: [
            {
              path: [...(training?.lr_scheduler ? path : ['training']), 'lr_scheduler'],
              message: `"${name}" is chosen here`,
            },
          ],
        });
  };
  check(spec.training, ['training']);
  spec.overrides?.forEach(({ training }, i) => {
    check(training, ['overrides', i, 'training']);
  });
  for (const [name, { training }] of Object.entries(spec.methods ?? {})) check(training, ['methods', name, 'training']);
};
