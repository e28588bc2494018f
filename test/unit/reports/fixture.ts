/** Finished runs of a toy task, written as the runner writes them. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fitBaselines, scoreBaselines, scoreItems } from '../../../runner/metrics';
import { createRun } from '../../../runner/runs';
import type { Manifest } from '../../../schemas/generated/manifest';
import type { Prediction } from '../../../schemas/generated/prediction';
import type { Result } from '../../../schemas/generated/result';

export interface ToyRun {
  method: string;
  trainable: number;
  seed?: number;
  /** Answers to the items, in their order. */
  answers: readonly string[];
  settings?: Record<string, unknown>;
  created?: string;
  items?: readonly ToyItem[];
  finished?: boolean;
  splits?: Manifest['splits'];
  specFile?: string;
  /** Answers where every image is black. */
  onBlank?: readonly string[];
  /** Records that were left out. */
  skipped?: Result['skipped'];
  /** Answers to the same items as if they were of another data set, out of domain. */
  elsewhere?: readonly string[];
}

export interface ToyItem {
  id: string;
  question: string;
  answer: string;
  answerType: 'closed' | 'open';
}

const metricIds = ['exact_match', 'closed_accuracy', 'open_accuracy'];

/** 40 closed items, yes and no in turn, and 20 open ones. */
export const toyItems: readonly ToyItem[] = Array.from({ length: 60 }, (_, i) => ({
  id: String(i),
  question: `question ${i}?`,
  answer: i < 40 ? (i % 2 ? 'no' : 'yes') : `organ ${i}`,
  answerType: i < 40 ? 'closed' : 'open',
}));

/** What the toy task is trained on: the same answers, without their questions. */
const toyTraining = toyItems.map(({ answer, answerType }) => ({ answer, answerType }));

/** The right answers, but wrong from item `right` on. */
export const rightUpTo = (right: number) => toyItems.map(({ answer }, i) => (i < right ? answer : 'wrong'));

/** @returns the output folder, and how to remove it. */
export async function writeToyRuns(runs: readonly ToyRun[]): Promise<{ dir: string; remove(): void }> {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'medpeft-reports-'));
  for (const [i, run] of runs.entries()) await writeToyRun(dir, run, i);
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true }) };
}

async function writeToyRun(dir: string, run: ToyRun, index: number): Promise<void> {
  const { method, trainable, seed = 0, answers, items = toyItems, finished = true } = run;
  const id = `tiny--vqa--${method}--seed${seed}--${String(index).padStart(6, 'a')}`;
  const time = run.created ?? `2025-01-01T00:00:${String(index).padStart(2, '0')}.000Z`;
  const writer = await createRun(path.join(dir, id), {
    format: 1,
    run: id,
    created: time,
    ...(run.specFile ? { spec: { file: run.specFile } } : {}),
    model: 'tiny',
    task: 'vqa',
    method,
    seed,
    resolved: {
      model: { path: '/m' },
      task: { type: 'vqa', ...(run.elsewhere ? { transfer: ['slake/test'] } : {}) },
      method: {},
      training: run.settings ?? {},
      datasets: {},
    },
    hashes: { identity: id, model: 'm', data: { rad: 'd' } },
    ...(run.splits ? { splits: run.splits } : {}),
  });
  writer.append({ type: 'run_started', run: id, total_steps: 1, trainable });
  if (finished) {
    const scores = scoreItems(items, answers, metricIds);
    const predictionsOf = (given: readonly string[], { items: each }: typeof scores) =>
      items.map(
        ({ id: item, question, answer, answerType }, i): Prediction => ({
          id: item,
          question,
          reference: answer,
          prediction: given[i]!,
          answer_type: answerType,
          scores: each[i]!,
        }),
      );
    writer.writePredictions('test', 'rad/test', predictionsOf(answers, scores));
    const transfer = run.elsewhere && scoreItems(items, run.elsewhere, metricIds);
    if (transfer) writer.writePredictions('transfer', 'slake/test', predictionsOf(run.elsewhere!, transfer));
    const blank = run.onBlank && scoreItems(items, run.onBlank, metricIds).values;
    writer.writeResult({
      format: 1,
      run: id,
      finished: time,
      metrics: { 'rad/test': scores.values, ...(transfer ? { 'slake/test': transfer.values } : {}) },
      ...(blank ? { controls: { blank_image: { metrics: { 'rad/test': blank } } } } : {}),
      ...(run.skipped ? { skipped: run.skipped } : {}),
      baselines: scoreBaselines(fitBaselines(toyTraining), new Map([['rad/test', items]]), metricIds),
      counts: { trainable, added: 0, base_total: 1_000_000, percent: trainable / 10_000, tensors: 1 },
      steps: 1,
      seconds: 61,
      peak_memory_bytes: 512e6,
    });
    writer.append({ type: 'run_finished', step: 1 });
  }
  await writer.close();
}
