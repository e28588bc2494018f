/** A training step of a LLaMA-like model in shapes, with or without images: for what it costs, before anything is loaded. */
import type { Batch } from '../../data/types';
import type { Known } from '../../programs/cost';
import { type Adaptations, virtualTokens } from '../adaptations';
import { type Call, Planner } from '../chain';
import { headFeeds, lossFeeds, targetsOf } from '../feeds';
import type { Rehearsal } from '../footprint';
import { llamaCalls } from './calls';
import type { LlamaConfig } from './config';
import { plainPositions, tokenFeeds } from './feeds';
import { imageFeeds, type Sight } from './images';

/** What of the sight is known before anything is loaded. */
export interface RehearsedSight extends Pick<Sight, 'projector' | 'features' | 'length' | 'imageTokenId'> {
  /** From pixels to the encoder's result, and its shape for one image. */
  encoder: readonly Call[];
  result: string;
  tokens: number;
  width: number;
  imageSize: number;
}

/**
 * A training step in shapes: with the encoder only if it is trained. A text is the image's vectors, the question's tokens and the answer's, which alone are targets; the few
 * tokens of a prompt's template are not among them. The batch's pixels are not looked at.
 */
export function rehearseLlama(
  batch: Batch,
  trainable: ReadonlySet<string>,
  { config, root, adaptations }: { config: LlamaConfig; root: string; adaptations: Adaptations },
  sight?: RehearsedSight,
): Rehearsal {
  const planner = new Planner(trainable, adaptations);
  const front = virtualTokens(adaptations, root);
  const calls = llamaCalls(config, root, sight?.features ?? '');
  const trains = sight !== undefined && planner.plan(sight.encoder).some((step) => step.trained);
  const embedding = sight ? [...sight.projector, calls.embeddingsWithImages] : [calls.embeddings];
  const chain = [...(trains ? sight.encoder : []), ...embedding, ...calls.layers, calls.norm, calls.loss(0)];
  const whole = wholeText(batch, sight);
  const rows = batch.ids.length;
  const images = sight && imageFeeds(whole.decoderInputIds, whole, sight, config.hiddenSize);
  const text = {
    ids: images?.ids ?? whole.decoderInputIds,
    rows,
    length: whole.answerLength,
    before: 0,
    present: whole.decoderAttentionMask,
    positions: plainPositions(rows, whole.answerLength),
  };
  const targets = targetsOf(whole, front);
  const count = batch.imageKeys.length;
  const seen: [string, Known][] = sight
    ? [
        trains
          ? ['pixels', { shape: [count, 3, sight.imageSize, sight.imageSize] }]
          : [sight.result, { shape: [count * sight.tokens, sight.width] }],
      ]
    : [];
  return {
    steps: planner.plan(chain),
    feeds: new Map<string, Known>([
      ...tokenFeeds(text, config, front),
      ...(images?.feeds ?? []),
      ...headFeeds(targets.rows, rows * (front.inputs + whole.answerLength), config.hiddenSize),
      ...lossFeeds(targets.labels, 1),
      ...seen,
    ]),
    imageBytes: sight ? sight.tokens * sight.width * Float32Array.BYTES_PER_ELEMENT : 0,
  };
}

/** The batch with texts as they are trained on. */
function wholeText(batch: Batch, sight: RehearsedSight | undefined): Batch {
  const rows = batch.ids.length;
  const before = (sight?.length ?? 0) + batch.questionLength;
  const row = [
    ...Array<number>(sight?.length ?? 0).fill(sight?.imageTokenId ?? 0),
    ...Array<number>(batch.questionLength + batch.answerLength).fill(1),
  ];
  const each = (values: readonly number[]) => Int32Array.from(Array.from({ length: rows }, () => values).flat());
  return {
    ...batch,
    decoderInputIds: each(row),
    decoderAttentionMask: each(row.map(() => 1)),
    labels: each(row.map((id, i) => (i < before ? -100 : id))),
    answerLength: row.length,
  };
}
