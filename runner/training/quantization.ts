/** What quantising a checkpoint changes in what the untuned model computes, measured on items of a run's task. */
import type { Batch } from '../data';
import { batchesInOrder } from '../data';
import { inspectCheckpoint } from '../models';
import type { PlannedRun } from '../plan/types';
import { lossOf, normalizerOf } from './loss';
import { openPlannedRun } from './open';

export interface Change {
  items: number;
  loss: { before: number; after: number };
  logits: {
    /** Of absolute differences, and of the absolute scores of before. */
    meanDifference: number;
    largestDifference: number;
    largest: number;
    /** Share of tokens after which the likeliest next token is the same. */
    sameTop: number;
  };
}

interface Computed {
  loss: number;
  /** Scores after each token of each item, [tokens, vocabulary] one below the other. */
  logits: Float32Array[];
  vocabulary: number;
}

/** Items that are looked at. */
const sample = 8;

/** @param copy folder of the quantised checkpoint. @throws the errors of opening a run */
export async function measureChange(run: PlannedRun, copy: string): Promise<Change> {
  const untuned = { ...run, method: { components: {} }, parameterGroups: {}, adapters: {} };
  const before = await compute(untuned);
  const model = { ...run.model, path: copy };
  const { hash } = inspectCheckpoint(copy, model.family);
  const after = await compute({ ...untuned, model, hashes: { ...run.hashes, model: hash } });
  return {
    items: before.items,
    loss: { before: before.loss, after: after.loss },
    logits: compareLogits(before, after),
  };
}

async function compute(run: PlannedRun): Promise<Computed & { items: number }> {
  const { data, model } = await openPlannedRun(run);
  try {
    const items = [...data.splits.test.values()].flat().slice(0, sample);
    const settings = lossOf(run.task);
    const logits: Float32Array[] = [];
    let [loss, normalizer, vocabulary] = [0, 0, 0];
    for (const rows of batchesInOrder(items, 1)) {
      const batch = await data.collate(rows);
      loss += await model.loss(batch, settings, 1);
      normalizer += normalizerOf(settings.kind, [batch], model);
      const scores = (await model.hiddenStates(batch)).get('logits')!;
      vocabulary = scores.shape.at(-1)!;
      logits.push(ofTokens(scores.data, batch, vocabulary));
    }
    return { items: items.length, loss: loss / normalizer, logits, vocabulary };
  } finally {
    await model.dispose();
  }
}

/** Without the rows of padding. */
function ofTokens(scores: Float32Array, { decoderAttentionMask: present }: Batch, vocabulary: number): Float32Array {
  const rows = [...present.keys()].filter((row) => present[row]);
  const kept = new Float32Array(rows.length * vocabulary);
  for (const [i, row] of rows.entries())
    kept.set(scores.subarray(row * vocabulary, (row + 1) * vocabulary), i * vocabulary);
  return kept;
}

function compareLogits({ logits: all, vocabulary }: Computed, after: Computed): Change['logits'] {
  let [sum, count, largest, largestDifference, tokens, same] = [0, 0, 0, 0, 0, 0];
  for (const [item, before] of all.entries()) {
    const now = after.logits[item]!;
    for (const [i, value] of before.entries()) {
      const difference = Math.abs(value - now[i]!);
      sum += difference;
      largestDifference = Math.max(largestDifference, difference);
      largest = Math.max(largest, Math.abs(value));
    }
    count += before.length;
    for (let from = 0; from < before.length; from += vocabulary, tokens++)
      if (top(before, from, vocabulary) === top(now, from, vocabulary)) same++;
  }
  return { meanDifference: sum / count, largestDifference, largest, sameTop: same / tokens };
}

function top(scores: Float32Array, from: number, vocabulary: number): number {
  let best = from;
  for (let i = from + 1; i < from + vocabulary; i++) if (scores[i]! > scores[best]!) best = i;
  return best - from;
}
