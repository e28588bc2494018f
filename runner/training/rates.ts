/** Learning rate and weight decay of each tensor: by the group or adapter that selected it. */
import { MedpeftError } from '../errors';
import type { Trainable } from '../models/types';
import type { PlannedRun } from '../plan/types';

export interface GroupRates {
  /** Peak rate, before the schedule. */
  rate: number;
  /** Decoupled weight decay. */
  decay: number;
}

/**
 * From general to special: the method's rate, the group's or adapter's own, the method's rate for that name. Decay is the group's own or
 * the training's; LayerNorm tensors and biases have none, whatever is set.
 * @param candidate stands for the method's rate while the run chooses among several
 * @throws MP1004 if a group has no rate
 */
export function ratesOf(
  run: Pick<PlannedRun, 'method' | 'training' | 'parameterGroups' | 'adapters'>,
  trainables: readonly Pick<Trainable, 'name' | 'group' | 'decay'>[],
  candidate?: number,
): Map<string, GroupRates> {
  const { learningRate } = run.method;
  const byName = typeof learningRate === 'object' ? learningRate : {};
  const shared = candidate ?? (typeof learningRate === 'number' ? learningRate : undefined);
  return new Map(
    trainables.map(({ name, group, decay }) => {
      const own = run.parameterGroups[group] ?? run.adapters[group];
      const rate = byName[group] ?? own?.learning_rate ?? shared;
      if (rate === undefined)
        throw new MedpeftError(
          'MP1004',
          `"${group}" has no learning rate`,
          'set learning_rate of the method: a number, or a number by name of group and adapter',
          group,
        );
      return [name, { rate, decay: decay ? (own?.weight_decay ?? run.training.weight_decay) : 0 }];
    }),
  );
}
