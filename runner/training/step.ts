/** One optimiser step: loss and gradients of its micro-batches, clipping, AdamW. */
import type { Training } from '../../schemas/generated/spec';
import type { Batch } from '../data';
import type { Noise } from '../models/dropout';
import type { LossSettings, Model } from '../models/types';
import { adamwStep, type Moments } from './adamw';
import { clipScale, globalNorm } from './clip';
import { normalizerOf } from './loss';
import { refuseNotFinite, type TrainedModel } from './not_finite';
import type { GroupRates } from './rates';
import type { TrialState } from './state';

export interface StepResult {
  loss: number;
  /** Before clipping. */
  gradientNorm: number;
  /** Component -> L2 norm of what the step changed in its tuned tensors, as stored. */
  updateNorms: Readonly<Record<string, number>>;
  targetTokens: number;
  items: number;
}

/**
 * Sums the loss and the gradients of the micro-batches, each already divided by the step's normaliser.
 * @param noise of dropout; without it nothing is dropped
 */
export async function accumulate(
  model: Model,
  batches: readonly Batch[],
  loss: LossSettings,
  noise?: Omit<Noise, 'microBatch'>,
): Promise<{ loss: number; gradients: Map<string, Float32Array> }> {
  const normalizer = normalizerOf(loss.kind, batches, model);
  const sums = new Map<string, Float32Array>();
  let total = 0;
  for (const [microBatch, batch] of batches.entries()) {
    const draw = noise && { ...noise, microBatch };
    const { loss: part, gradients } = await model.lossAndGradients(batch, loss, normalizer, draw);
    total += part;
    for (const [name, gradient] of gradients) {
      const sum = sums.get(name);
      if (sum === undefined) sums.set(name, gradient);
      else for (let i = 0; i < sum.length; i++) sum[i]! += gradient[i]!;
    }
  }
  return { loss: total, gradients: sums };
}

/**
 * Takes an optimiser step in place.
 * @throws MP4005
 */
export async function takeStep(
  model: TrainedModel,
  batches: readonly Batch[],
  settings: {
    /** Counted from 1, through all trials: for messages. */
    step: number;
    /** Steps that the optimiser has taken before this one. */
    taken: number;
    /** Of what is dropped. */
    seed: number;
    /** Of the schedule, on each tensor's peak rate. */
    factor: number;
    loss: LossSettings;
    training: Required<Pick<Training, 'adam_beta1' | 'adam_beta2' | 'adam_epsilon' | 'max_grad_norm'>>;
    rates: ReadonlyMap<string, GroupRates>;
    moments: ReadonlyMap<string, Moments>;
    /** Is told which tensors have a gradient, and which move. */
    movement: Pick<TrialState, 'withGradient' | 'moved'>;
  },
): Promise<StepResult> {
  const { training, rates, moments, factor } = settings;
  const { withGradient, moved } = settings.movement;
  const { loss, gradients } = await accumulate(model, batches, settings.loss, {
    seed: settings.seed,
    step: settings.taken,
  });
  const gradientNorm = globalNorm(gradients.values());
  await refuseNotFinite(model, { step: settings.step, loss, norm: gradientNorm }, batches, gradients);
  const scale = clipScale(gradientNorm, training.max_grad_norm);
  const adamw = { beta1: training.adam_beta1, beta2: training.adam_beta2, epsilon: training.adam_epsilon };
  const changes = new Map<string, number>();
  for (const { name, value, component } of model.trainables) {
    const gradient = gradients.get(name);
    // What nothing reaches (LLaVA's last vision layer) is left as it is, without decay, as torch's AdamW leaves a tensor without gradient. It is told as MP4006.
    if (!gradient) continue;
    const { rate, decay } = rates.get(name)!;
    if (!withGradient.has(name) && gradient.some((g) => g !== 0)) withGradient.add(name);
    const change = adamwStep(value, gradient, moments.get(name)!, adamw, {
      rate: rate * factor,
      decay,
      scale,
      step: settings.taken + 1,
    });
    if (change > 0) moved.add(name);
    changes.set(component, (changes.get(component) ?? 0) + change);
  }
  return {
    loss,
    gradientNorm,
    updateNorms: Object.fromEntries([...changes].map(([component, sum]) => [component, Math.sqrt(sum)])),
    targetTokens: batches.reduce((sum, batch) => sum + model.targetTokens(batch), 0),
    items: batches.reduce((sum, batch) => sum + batch.ids.length, 0),
  };
}
