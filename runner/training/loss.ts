/** The loss of a task, and what its sum over tokens is divided by. */
import type { Batch } from '../data';
import type { LossSettings } from '../models/types';
import type { PlannedRun } from '../plan/types';

/** The loss that a task asks for; MISS smooths its labels by 0.1, Hugging Face does not. */
export function lossOf({ loss = 'hf', label_smoothing }: PlannedRun['task']): LossSettings {
  return { kind: loss, labelSmoothing: label_smoothing ?? (loss === 'miss' ? 0.1 : 0) };
}

/** Target tokens of a batch: logits[:, :-1] meet labels[:, 1:], -100 is no target. */
export function targetTokens({ labels, answerLength }: Pick<Batch, 'labels' | 'answerLength'>): number {
  return labels.reduce((count, label, i) => count + (label !== -100 && i % answerLength > 0 ? 1 : 0), 0);
}

/** What the summed token loss of a step is divided by, over all its micro-batches: target tokens (`hf`) or rows (`miss`). */
export function normalizerOf(
  kind: LossSettings['kind'],
  batches: readonly Pick<Batch, 'ids' | 'labels' | 'answerLength'>[],
): number {
  return batches.reduce((sum, batch) => sum + (kind === 'hf' ? targetTokens(batch) : batch.ids.length), 0);
}
