/** A training step of BLIP, and what scoring runs, in shapes: for what they cost, before anything is loaded. */
import type { Batch } from '../../data/types';
import type { Known } from '../../programs/cost';
import { virtualTokens } from '../adaptations';
import { type Call, Planner } from '../chain';
import { headFeeds, int64 } from '../feeds';
import type { Rehearsal, RehearsedAnswering } from '../footprint';
import { past } from '../past';
import { blipCalls, cross, imageStates } from './calls';
import { imageMap, nextTokenFeeds, questionMap } from './feeds';
import { type Kind, stateMaps, trainingFeeds } from './training';
import { imageTokens } from './vision';

/** A training step in shapes: with the vision encoder only if it is trained. The batch's pixels are not looked at. */
export function rehearseBlip(batch: Batch, trainable: ReadonlySet<string>, kind: Kind): Rehearsal {
  const { config, hasEncoder, adaptations } = kind;
  const { imageSize, hiddenSize } = config.vision;
  const images = batch.imageKeys.length;
  const tokens = imageTokens(config.vision);
  const planner = new Planner(trainable, adaptations);
  const { vision, encoder, decoder, loss } = blipCalls(config, hasEncoder);
  const trains = planner.plan(vision).some((step) => step.trained);
  const chain: readonly Call[] = [...(trains ? vision : []), ...encoder, ...decoder, loss(0)];
  return {
    steps: planner.plan(chain),
    feeds: new Map<string, Known>([
      ...trainingFeeds(batch, 1, kind),
      trains
        ? ['pixels', { shape: [images, 3, imageSize, imageSize] }]
        : [imageStates, { shape: [images * tokens, hiddenSize] }],
    ]),
    imageBytes: tokens * hiddenSize * Float32Array.BYTES_PER_ELEMENT,
    answering: () => rehearseAnswering(batch, kind),
  };
}

/** What answering runs, in shapes. */
function rehearseAnswering(batch: Batch, kind: Kind): RehearsedAnswering {
  const { config, hasEncoder, adaptations } = kind;
  const { imageSize, hiddenSize } = config.vision;
  const { layers, heads } = config.text;
  const planner = new Planner(new Set(), adaptations);
  const { vision, encoder, crossing, next } = blipCalls(config, hasEncoder);
  const tokens = imageTokens(config.vision);
  const front = virtualTokens(adaptations, 'text_decoder.');
  const images = batch.imageKeys.length;
  const states: [string, Known] = [imageStates, { shape: [images * tokens, hiddenSize] }];
  const byHead = [heads, config.text.hiddenSize / heads];
  const looked = hasEncoder ? [batch.ids.length, batch.questionLength] : [images, tokens];
  const cached = (of: (layer: number) => { keys: string; values: string }, shape: readonly number[]) =>
    Array.from({ length: layers }, (_, layer) =>
      Object.values(of(layer)).map((name): [string, Known] => [name, { shape }]),
    );
  return {
    image: { steps: planner.plan(vision), feeds: new Map([['pixels', { shape: [1, 3, imageSize, imageSize] }]]) },
    questions: {
      steps: planner.plan([...encoder, ...crossing]),
      feeds: new Map<string, Known>([...stateMaps(batch, kind, true), states]),
    },
    token(answers) {
      // Half of an answer stands already, on the average.
      const before = Math.ceil(batch.answerLength / 2);
      const rows = Array.from({ length: answers }, (_, i) => i);
      const asked = rows.map((row) => row % batch.ids.length);
      const map = hasEncoder
        ? questionMap(batch, asked, 1, true, config)
        : imageMap(
            batch,
            asked.map((row) => batch.imageOf[row]!),
            1,
            config,
          );
      return {
        steps: planner.plan(next),
        feeds: new Map<string, Known>([
          ...map,
          ...nextTokenFeeds(
            rows.map(() => 1),
            rows.map(() => before),
            rows.flatMap(() => Array<number>(before + 1).fill(1)),
            config,
            front,
          ),
          ...headFeeds(rows, answers, config.text.hiddenSize),
          ...cached(cross, [...looked, ...byHead]).flat(),
          ...cached(past, [answers, front.inputs + before, ...byHead]).flat(),
          ['text.parents', int64(rows)],
        ]),
      };
    },
  };
}
