/** A model small enough to follow by hand, and data for it: one question token in, one answer token out, by a linear softmax. */
import type { Batch, TaskItem } from '../../../runner/data';
import type { Selection } from '../../../runner/methods/types';
import type { LossSettings, Model, Parameter, Trainable } from '../../../runner/models/types';
import type { PlannedRun } from '../../../runner/plan/types';
import type { RunData } from '../../../runner/training/run_data';

export const questions = 6;
export const answers = ['no', 'yes', 'left', 'right'];

export function item(i: number, split = 'rad/train'): TaskItem {
  const question = i % questions;
  const answer = answers[question % answers.length]!;
  return {
    id: `${split}-${i}`,
    image: `${i % 3}.png`,
    question: String(question),
    answer,
    answerType: answer === 'yes' || answer === 'no' ? 'closed' : 'open',
    fields: {},
    dataset: 'rad',
    split,
    imageFile: `/images/${i % 3}.png`,
  };
}

export const items = (count: number, split?: string) => Array.from({ length: count }, (_, i) => item(i, split));

async function collate(rows: readonly TaskItem[]): Promise<Batch> {
  return {
    ids: rows.map(({ id }) => id),
    imageKeys: [],
    pixelValues: new Float32Array(),
    imageSize: 1,
    imageOf: new Int32Array(rows.length),
    inputIds: Int32Array.from(rows, ({ question }) => Number(question)),
    attentionMask: new Int32Array(rows.length).fill(1),
    questionLength: 1,
    decoderInputIds: new Int32Array(rows.length * 2),
    decoderAttentionMask: new Int32Array(rows.length * 2).fill(1),
    labels: Int32Array.from(rows.flatMap(({ answer }) => [0, answers.indexOf(answer)])),
    answerLength: 2,
  };
}

export function fakeData(bend: Bend = {}): RunData {
  return {
    splits: {
      train: items(20),
      validation: items(6, 'rad/validation'),
      test: new Map([['rad/test', items(7, 'rad/test')]]),
      transfer: new Map(),
    },
    counts: {},
    fileHashes: {},
    skipped: {},
    trainAsScored: items(20),
    imageSize: 1,
    async collate(rows) {
      const batch = await collate(rows);
      bend.batch?.(batch);
      return batch;
    },
    collateBlank: collate,
    decode: ([id]) => answers[id!]!,
    warnings: [],
  };
}

/** What a test may bend. */
export interface Bend {
  /** Called before each gradient; may change what it finds. */
  onGradient?(call: number, model: Model): void;
  gradient?(call: number, gradients: Map<string, Float32Array>): void;
  /** Called before answers are made. */
  onAnswer?(): void;
  /** In place of the loss. */
  loss?(call: number): number;
  batch?(batch: Batch): void;
}

const width = answers.length;
const shapes: Record<string, readonly number[]> = {
  weight: [questions, width],
  bias: [width],
  unused: [2],
  frozen: [3],
};

export function fakeModel({ bend = {}, tuned = ['weight', 'bias'] }: { bend?: Bend; tuned?: string[] } = {}): Model {
  const tensors = new Map(
    Object.entries(shapes).map(([name, shape]) => {
      const size = shape.reduce((a, b) => a * b, 1);
      return [name, Float32Array.from({ length: size }, (_, i) => Math.sin(i + name.length) / 10)];
    }),
  );
  const parameters: Parameter[] = Object.entries(shapes).map(([name, shape]) => ({
    name,
    canonical: name,
    component: 'text_decoder',
    kind: 'other',
    part: name === 'bias' ? 'bias' : 'weight',
    shape,
  }));
  const trainables: Trainable[] = tuned.map((name) => ({
    name,
    shape: shapes[name]!,
    value: tensors.get(name)!,
    added: false,
    component: 'text_decoder',
    kind: 'other',
    decay: name !== 'bias',
    group: 'all',
  }));
  const probabilities = (question: number) => {
    const logits = answers.map((_, k) => tensors.get('weight')![question * width + k]! + tensors.get('bias')![k]!);
    const exps = logits.map(Math.exp);
    const sum = exps.reduce((a, b) => a + b);
    return exps.map((e) => e / sum);
  };
  let calls = 0;
  const model: Model = {
    trainables,
    parameters,
    async lossAndGradients(batch: Batch, _settings: LossSettings, normalizer: number) {
      bend.onGradient?.(calls, model);
      const gradients = new Map(trainables.map(({ name, value }) => [name, new Float32Array(value.length)]));
      let loss = 0;
      batch.inputIds.forEach((question, row) => {
        const target = batch.labels[row * 2 + 1]!;
        const p = probabilities(question);
        loss -= Math.log(p[target]!) / normalizer;
        for (const [k, probability] of p.entries()) {
          const g = (probability - (k === target ? 1 : 0)) / normalizer;
          for (const [name, at] of [
            ['weight', question * width + k],
            ['bias', k],
          ] as const) {
            const gradient = gradients.get(name);
            if (gradient) gradient[at]! += g;
          }
        }
      });
      bend.gradient?.(calls, gradients);
      loss = bend.loss?.(calls) ?? loss;
      calls++;
      return { loss, targetTokens: batch.ids.length, gradients };
    },
    targetTokens: ({ ids }) => ids.length,
    async loss(batch, _settings, normalizer) {
      const losses = [...batch.inputIds].map(
        (question, row) => -Math.log(probabilities(question)[batch.labels[row * 2 + 1]!]!),
      );
      return losses.reduce((a, b) => a + b) / normalizer;
    },
    async generate(batch) {
      bend.onAnswer?.();
      return [...batch.inputIds].map((question) => {
        const p = probabilities(question);
        return [p.indexOf(Math.max(...p))];
      });
    },
    async rank(batch, candidates) {
      return [...batch.inputIds].map((question) => {
        const p = probabilities(question);
        const ranked = candidates.map(([token], candidate) => ({ candidate, score: Math.log(p[token!]!) }));
        return ranked.sort((a, b) => b.score - a.score);
      });
    },
    tensor: (name) => tensors.get(name)!,
    async dispose() {},
  };
  return model;
}

export const noSelection: Selection = { base: [], added: [], matches: [] };

export function fakeRun(outputDir: string, training: Partial<PlannedRun['training']> = {}): PlannedRun {
  return {
    id: 'fake--vqa--all--seed0--0',
    identity: 'identity',
    specFile: '/spec.medpeft.json',
    specName: 'fake',
    modelName: 'fake',
    taskName: 'vqa',
    methodName: 'all',
    seed: 0,
    sweep: {},
    model: { family: 'miss', path: '/model' },
    task: {
      type: 'vqa',
      metrics: ['exact_match', 'closed_accuracy'],
      generation: { num_beams: 1, max_new_tokens: 1, min_new_tokens: 0, length_penalty: 1, question_mask: 'keep' },
    },
    method: { components: { text_decoder: ['all'] }, learningRate: 0.1 },
    training: {
      num_epochs: 3,
      batch_size: 4,
      batching: 'by_item',
      gradient_accumulation_steps: 1,
      lr_scheduler: 'cosine',
      warmup_ratio: 0.1,
      weight_decay: 0.05,
      adam_beta1: 0.9,
      adam_beta2: 0.999,
      adam_epsilon: 1e-8,
      max_grad_norm: 1,
      on_divergence: 'warn',
      logging_steps: 1,
      ...training,
    },
    datasets: {},
    parameterGroups: {},
    adapters: {},
    hashes: { model: 'model', data: {} },
    outputDir,
    runtime: { backend: 'auto', device: 'auto', memory: 'auto' },
  };
}
