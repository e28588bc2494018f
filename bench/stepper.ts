/** Training steps of a model, as a run takes them, at one small rate. */
import type { Batch } from '../runner/data/types';
import type { Model } from '../runner/models/types';
import { zeroMoments } from '../runner/training/adamw';
import { takeStep } from '../runner/training/step';

/** @returns takes the next step on one batch: forward, backward, clipping of the norm and AdamW */
export function stepper(model: Model): (batch: Batch) => ReturnType<typeof takeStep> {
  const moments = new Map(model.trainables.map(({ name, value }) => [name, zeroMoments(value)]));
  const rates = new Map(model.trainables.map(({ name, decay }) => [name, { rate: 1e-5, decay: decay ? 0.05 : 0 }]));
  const training = { adam_beta1: 0.9, adam_beta2: 0.999, adam_epsilon: 1e-8, max_grad_norm: 1 };
  const movement = { withGradient: new Set<string>(), moved: new Set<string>() };
  const loss = { kind: 'hf', labelSmoothing: 0 } as const;
  let taken = 0;
  return (batch) =>
    takeStep(model, [batch], {
      step: taken + 1,
      taken: taken++,
      seed: 0,
      factor: 1,
      loss,
      training,
      rates,
      moments,
      movement,
    });
}
