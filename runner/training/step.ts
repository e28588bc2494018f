/** One optimiser step: loss and gradients of its micro-batches, clipping, AdamW. */
import type { Training } from '../../schemas/generated/spec';
import type { Batch } from '../data';
import { MedpeftError } from '../errors';
import type { LossSettings, Model } from '../models/types';
import { adamwStep, type Moments } from './adamw';
import { clipScale, globalNorm } from './clip';
import { someNames } from './fingerprint';
import type { GroupRates } from './rates';

export interface StepResult {
  loss: number;
  /** Before clipping. */
  gradientNorm: number;
  targetTokens: number;
  items: number;
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

/** Sums the loss and the gradients of the micro-batches, each already divided by the step's normaliser. */
export async function accumulate(
  model: Model,
  batches: readonly Batch[],
  loss: LossSettings,
): Promise<{ loss: number; gradients: Map<string, Float32Array> }> {
  const normalizer = normalizerOf(loss.kind, batches);
  const sums = new Map<string, Float32Array>();
  let total = 0;
  for (const batch of batches) {
    const { loss: part, gradients } = await model.lossAndGradients(batch, loss, normalizer);
    total += part;
    for (const [name, gradient] of gradients) {
      const sum = sums.get(name);
      if (sum === undefined) sums.set(name, gradient);
      else for (let i = 0; i < sum.length; i++) sum[i]! += gradient[i]!;
    }
  }
  return { loss: total, gradients: sums };
}

/** MP4005 unless loss and norm are finite: names the step, the items and the first tensor that is not. */
function refuseNotFinite(
  step: number,
  loss: number,
  norm: number,
  gradients: ReadonlyMap<string, Float32Array>,
  batches: readonly Batch[],
): void {
  if (Number.isFinite(loss) && Number.isFinite(norm)) return;
  const bad = [...gradients].find(([, gradient]) => !gradient.every(Number.isFinite))?.[0];
  const what = Number.isFinite(loss) ? `the gradient of ${bad ?? 'all tensors together'}` : 'the loss';
  const items = batches.flatMap(({ ids }) => ids);
  throw new MedpeftError(
    'MP4005',
    `${what} is not a finite number in step ${step}${!Number.isFinite(loss) && bad ? ` (gradient: ${bad})` : ''}; items ${someNames(items)}`,
    'lower the learning rate or lengthen the warm-up; if it happens in the first step, look at these items and at the checkpoint',
    bad,
  );
}

/**
 * Takes optimiser step `step` (counted from 1) in place.
 * @param factor of the schedule, on each tensor's peak rate
 * @throws MP4005
 */
export async function takeStep(
  model: Model,
  batches: readonly Batch[],
  settings: {
    step: number;
    factor: number;
    loss: LossSettings;
    training: Required<Pick<Training, 'adam_beta1' | 'adam_beta2' | 'adam_epsilon' | 'max_grad_norm'>>;
    rates: ReadonlyMap<string, GroupRates>;
    moments: ReadonlyMap<string, Moments>;
    /** Gets the names of tensors whose gradient is not all zero while their rate is above 0. */
    gradientSeen: Set<string>;
  },
): Promise<StepResult> {
  const { step, factor, training, rates, moments, gradientSeen } = settings;
  const { loss, gradients } = await accumulate(model, batches, settings.loss);
  const gradientNorm = globalNorm(gradients.values());
  refuseNotFinite(step, loss, gradientNorm, gradients, batches);
  const scale = clipScale(gradientNorm, training.max_grad_norm);
  const adamw = { beta1: training.adam_beta1, beta2: training.adam_beta2, epsilon: training.adam_epsilon };
  for (const { name, value } of model.trainables) {
    const gradient = gradients.get(name);
    if (!gradient) throw new Error(`no gradient for the trainable tensor ${name}`);
    const { rate, decay } = rates.get(name)!;
    if (rate * factor > 0 && !gradientSeen.has(name) && gradient.some((g) => g !== 0)) gradientSeen.add(name);
    adamwStep(value, gradient, moments.get(name)!, adamw, { rate: rate * factor, decay, scale, step });
  }
  return {
    loss,
    gradientNorm,
    targetTokens: batches.reduce((sum, batch) => sum + targetTokens(batch), 0),
    items: batches.reduce((sum, batch) => sum + batch.ids.length, 0),
  };
}
