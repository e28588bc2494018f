/** NaN or infinity ends a training; here is where it came from. */
import type { Batch } from '../data';
import { MedpeftError } from '../errors';
import type { InspectableModel, Model } from '../models/types';
import { someNames } from './fingerprint';

/** A model that may be able to show what it computes on the way. */
export type TrainedModel = Model & Partial<Pick<InspectableModel, 'hiddenStates'>>;

const isBad = (data: Float32Array) => !data.every(Number.isFinite);

/** The first bad tensor in the order of the computation, and the items it was computed of. */
async function firstBad(
  model: TrainedModel,
  batches: readonly Batch[],
  gradients: ReadonlyMap<string, Float32Array>,
): Promise<{ what: string; place: string; of: readonly Batch[] } | undefined> {
  const weight = model.trainables.find(({ value }) => isBad(value))?.name;
  if (weight) return { what: `the tensor ${weight} itself`, place: weight, of: batches };
  for (const batch of batches) {
    if (isBad(batch.pixelValues)) return { what: 'the pixels', place: 'pixels', of: [batch] };
    for (const [name, { data }] of (await model.hiddenStates?.(batch)) ?? [])
      if (isBad(data)) return { what: `the activation ${name}`, place: name, of: [batch] };
  }
  const gradient = [...gradients].find(([, data]) => isBad(data))?.[0];
  return gradient ? { what: `the gradient of ${gradient}`, place: gradient, of: batches } : undefined;
}

/**
 * Refuses a loss or gradient norm that is not finite: names the step, the items, and the first tensor that went bad.
 * @param step counted from 1
 * @param gradients in the order in which they were computed
 * @throws MP4005
 */
export async function refuseNotFinite(
  model: TrainedModel,
  { step, loss, norm }: { step: number; loss: number; norm: number },
  batches: readonly Batch[],
  gradients: ReadonlyMap<string, Float32Array>,
): Promise<void> {
  if (Number.isFinite(loss) && Number.isFinite(norm)) return;
  const bad = await firstBad(model, batches, gradients);
  const what = Number.isFinite(loss) ? 'the gradient norm' : 'the loss';
  const items = (bad?.of ?? batches).flatMap(({ ids }) => ids);
  throw new MedpeftError(
    'MP4005',
    `${what} is not a finite number in step ${step}${bad ? `; first bad: ${bad.what}` : ''}; items ${someNames(items)}`,
    'lower the learning rate or lengthen the warm-up; if it happens in the first step, look at these items and at the checkpoint',
    bad?.place,
  );
}
