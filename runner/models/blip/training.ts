/** A training step of BLIP: what is run and what that is fed, known before anything is loaded. */
import type { Tensor } from '../../backends';
import type { Batch } from '../../data/types';
import { type Adaptations, virtualTokens } from '../adaptations';
import { headFeeds, lossFeeds, targetsOf } from '../feeds';
import type { Tensors } from '../network';
import { packingOf } from '../packing';
import type { BlipConfig } from './config';
import { decoderFeeds, encoderFeeds, imageMap, questionMap } from './feeds';

export interface Kind {
  config: BlipConfig;
  /** Whether an encoder reads the questions (VQA). */
  hasEncoder: boolean;
  adaptations: Adaptations;
}

/** Which states each row of the batch looks at in training. @param padded whether padding of the questions is computed, too */
export function stateMaps(batch: Batch, { config, hasEncoder, adaptations }: Kind, padded = false): [string, Tensor][] {
  const length = virtualTokens(adaptations, 'text_decoder.').inputs + batch.answerLength;
  if (!hasEncoder) return imageMap(batch, batch.imageOf, length, config);
  const front = virtualTokens(adaptations, 'text_encoder.');
  const present = padded ? undefined : batch.attentionMask;
  const packing = packingOf(batch.ids.length, batch.questionLength, { present, front: front.inputs });
  return [
    ...encoderFeeds(batch, config, front, packing),
    ...questionMap(batch, [...batch.ids.keys()], length, false, config),
  ];
}

/** What a training step is fed, but for the images. */
export function trainingFeeds(batch: Batch, normalizer: number, kind: Kind): Tensors {
  const { config, adaptations } = kind;
  const front = virtualTokens(adaptations, 'text_decoder.');
  const targets = targetsOf(batch, front);
  const packing = packingOf(batch.ids.length, batch.answerLength, {
    present: batch.decoderAttentionMask,
    front: front.inputs,
  });
  const rows = targets.rows.map((place) => packing.spread[place]!);
  return new Map([
    ...stateMaps(batch, kind),
    ...decoderFeeds(batch, config, front, packing),
    ...headFeeds(rows, packing.packed.length, config.text.hiddenSize),
    ...lossFeeds(targets.labels, normalizer),
  ]);
}
