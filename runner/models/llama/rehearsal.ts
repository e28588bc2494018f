/** A training step of a LLaMA-like model, with or without images, and what scoring runs, in shapes: for what they cost, before anything is loaded. */
import type { Batch } from '../../data/types';
import type { Known } from '../../programs/cost';
import { type Adaptations, virtualTokens } from '../adaptations';
import { type Call, Planner } from '../chain';
import { headFeeds, int64, lossFeeds, targetsOf } from '../feeds';
import type { Rehearsal, RehearsedAnswering } from '../footprint';
import { past } from '../past';
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

interface Language {
  config: LlamaConfig;
  /** Path of its body, with the dot. */
  root: string;
  adaptations: Adaptations;
}

/**
 * A training step in shapes: with the encoder only if it is trained. A text is the image's vectors, the question's tokens and the answer's, which alone are targets; the few
 * tokens of a prompt's template are not among them. The batch's pixels are not looked at.
 */
export function rehearseLlama(
  batch: Batch,
  trainable: ReadonlySet<string>,
  language: Language,
  sight?: RehearsedSight,
): Rehearsal {
  const { config, root, adaptations } = language;
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
    answering: () => rehearseAnswering(batch, language, sight),
  };
}

/** What answering runs, in shapes: the prompts read at once, then token by token. */
function rehearseAnswering(
  batch: Batch,
  { config, root, adaptations }: Language,
  sight: RehearsedSight | undefined,
): RehearsedAnswering {
  const planner = new Planner(new Set(), adaptations);
  const front = virtualTokens(adaptations, root);
  const calls = llamaCalls(config, root, sight?.features ?? '');
  const { hiddenSize, layers, keyHeads, headSize } = config;
  const length = (sight?.length ?? 0) + batch.questionLength;
  const kept = (rows: number, tokens: number): [string, Known][] =>
    Array.from({ length: layers }, (_, layer) =>
      Object.values(past(layer)).map((name): [string, Known] => [name, { shape: [rows, tokens, keyHeads, headSize] }]),
    ).flat();
  const ones = (count: number) => Array<number>(count).fill(1);
  const indices = (count: number) => [...Array(count).keys()];
  return {
    ...(sight && {
      image: {
        steps: planner.plan(sight.encoder),
        feeds: new Map([['pixels', { shape: [1, 3, sight.imageSize, sight.imageSize] }]]),
      },
    }),
    get questions() {
      const rows = batch.ids.length;
      const row = [...Array<number>(sight?.length ?? 0).fill(sight?.imageTokenId ?? 0), ...ones(batch.questionLength)];
      const ids = indices(rows).flatMap(() => row);
      const images = sight && imageFeeds(ids, batch, sight, hiddenSize);
      const text = { ids: images?.ids ?? ids, rows, length, before: 0 };
      const whole = front.inputs + length;
      const last = indices(rows).map((i) => (i + 1) * whole - 1);
      return {
        steps: planner.plan([
          ...(sight ? [...sight.projector, calls.embeddingsWithImages] : [calls.embeddings]),
          ...calls.continued,
        ]),
        feeds: new Map<string, Known>([
          ...tokenFeeds({ ...text, present: ones(ids.length), positions: plainPositions(rows, length) }, config, front),
          ...(images?.feeds ?? []),
          ...headFeeds(last, rows * whole, hiddenSize),
          ...kept(rows, 0),
          ['text.parents', int64(indices(rows))],
          ...(sight
            ? [[sight.result, { shape: [batch.imageKeys.length * sight.tokens, sight.width] }] as [string, Known]]
            : []),
        ]),
      };
    },
    token(answers) {
      // Half of an answer stands already, on the average.
      const before = length + Math.ceil(batch.answerLength / 2);
      const text = { ids: ones(answers), rows: answers, length: 1, before, positions: ones(answers).map(() => before) };
      return {
        steps: planner.plan(calls.continuedFromTokens),
        feeds: new Map<string, Known>([
          ...tokenFeeds({ ...text, present: ones(answers * (before + 1)) }, config, front),
          ...headFeeds(indices(answers), answers, hiddenSize),
          ...kept(answers, front.inputs + before),
          ['text.parents', int64(indices(answers))],
        ]),
      };
    },
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
