/** Generates answers for a split and scores them. */
import type { Prediction } from '../../schemas/generated/prediction';
import type { MetricValues } from '../../schemas/generated/result';
import { batchesInOrder } from '../data';
import type { Batch, TaskItem } from '../data/types';
import { MedpeftError } from '../errors';
import { scoreItems } from '../metrics';
import type { GenerationSettings, Model } from '../models/types';
import type { PlannedRun } from '../plan/types';
import { unlessInterrupted } from './interrupt';
import { lossOf, normalizerOf } from './loss';
import { answersOf, type Candidates, withCandidateCounts } from './ranking';

export interface Evaluation {
  /** Over all items, normalised as in training; only where it was asked for. */
  loss?: number;
  metrics: MetricValues;
  predictions: Prediction[];
}

/** What generation needs beside the model. */
export interface Answering {
  collate(items: readonly TaskItem[]): Promise<Batch>;
  decode(ids: readonly number[]): string;
  /** What some answers are chosen from in place of being generated. */
  candidates?: Candidates;
}

export function generationOf({ generation }: PlannedRun['task']): GenerationSettings {
  return {
    numBeams: generation.num_beams,
    maxNewTokens: generation.max_new_tokens,
    minNewTokens: generation.min_new_tokens,
    lengthPenalty: generation.length_penalty,
    questionMask: generation.question_mask,
  };
}

/**
 * Answers and scores items in their order.
 * @param stop asked between batches
 * @returns undefined if `stop` said so
 */
export async function evaluate(
  model: Model,
  items: readonly TaskItem[],
  { task, training }: Pick<PlannedRun, 'task' | 'training'>,
  answering: Answering,
  { stop = () => false, withLoss = false }: { stop?: () => boolean; withLoss?: boolean } = {},
): Promise<Evaluation | undefined> {
  const { candidates } = answering;
  const answers: string[] = [];
  const loss = lossOf(task);
  let summed = 0;
  let normalizer = 0;
  for (const rows of batchesInOrder(items, training.batch_size)) {
    if (stop()) return undefined;
    let whole: Promise<Batch> | undefined;
    const collate = (some: readonly TaskItem[]) => {
      if (some.length < rows.length) return answering.collate(some);
      whole ??= answering.collate(rows);
      return whole;
    };
    const answered = await unlessInterrupted(() =>
      answersOf(model, rows, generationOf(task), { ...answering, collate }),
    );
    if (!answered) return undefined;
    answers.push(...answered);
    if (!withLoss) continue;
    const batch = await collate(rows);
    const summand = await unlessInterrupted(() => model.loss(batch, loss, 1));
    if (summand === undefined) return undefined;
    summed += summand;
    normalizer += normalizerOf(loss.kind, [batch], model);
  }
  const scored = withCandidateCounts(items, candidates);
  const scores = scoreItems(scored, answers, task.metrics);
  return {
    ...(withLoss ? { loss: summed / normalizer } : {}),
    metrics: scores.values,
    predictions: scored.map((item, i) => ({
      id: item.id,
      image: item.image,
      question: item.question,
      reference: item.answer,
      prediction: answers[i]!,
      answer_type: item.answerType,
      ...(item.candidates === undefined ? {} : { candidates: item.candidates }),
      ...(item.questionType === undefined ? {} : { question_type: item.questionType }),
      ...(Object.keys(item.fields).length === 0 ? {} : { fields: item.fields }),
      scores: scores.items[i]!,
    })),
  };
}

/**
 * The validation score that decides between checkpoints: `select_by`, or the task's first metric.
 * @throws MP1105 if no validation item has it
 */
export function selectionScore({ metrics }: Evaluation, task: PlannedRun['task']): number {
  const id = task.select_by ?? task.metrics[0];
  const value = metrics[id]?.value;
  if (typeof value !== 'number')
    throw new MedpeftError(
      'MP1105',
      `${id} cannot choose the best checkpoint: no validation item has it`,
      'choose another metric in select_by, one that the task computes and that applies to its validation items',
    );
  return value;
}
