/** The loss of a task, and what its sum over tokens is divided by. */
import type { Batch } from '../data';
import type { LossSettings, Model } from '../models/types';
import type { PlannedRun } from '../plan/types';

/** The loss that a task asks for; MISS smooths its labels by 0.1, Hugging Face does not. */
export function lossOf({ loss = 'hf', label_smoothing }: PlannedRun['task']): LossSettings {
  return { kind: loss, labelSmoothing: label_smoothing ?? (loss === 'miss' ? 0.1 : 0) };
}

/** What the summed token loss of a step is divided by, over all its micro-batches: the targets that the model sees in them (`hf`) or rows (`miss`). */
export function normalizerOf(
  kind: LossSettings['kind'],
  batches: readonly Batch[],
  model: Pick<Model, 'targetTokens'>,
): number {
  return batches.reduce((sum, batch) => sum + (kind === 'hf' ? model.targetTokens(batch) : batch.ids.length), 0);
}
