/** Twelve steps of training by each method: losses, gradient norms and the trained tensors. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { readHeader, readTensor, type SafetensorsHeader } from '../models/safetensors';
import type { InspectableModel, Trainable } from '../models/types';
import { adamwStep, zeroMoments } from '../training/adamw';
import { clipScale, globalNorm } from '../training/clip';
import { type ScheduleName, scheduleOf } from '../training/schedule';
import { compare, type Golden, skipped, tolerances } from './compare';
import { readBatch, readJson } from './folders';
import { goldenName, type MethodFolder, withMethod } from './methods';
import { hfLoss, missLoss } from './models';
import type { Computing, ParityCase } from './types';

interface Trajectory {
  optimizer: { lr: number; betas: [number, number]; eps: number; weight_decay: number };
  schedule: { name: ScheduleName; warmup_steps: number; total_steps: number };
  max_grad_norm: number;
  loss: 'hf' | 'miss';
  steps: {
    step: number;
    micro_batches: number[];
    target_tokens: number;
    loss: number;
    grad_norm: number;
    lr: number;
  }[];
  final: Record<string, { sum: number; abs_sum: number; max_abs: number; float32_minus_float64?: number }>;
}

const kinds = ['losses', 'grad-norms', 'rates', 'final'] as const;

export async function* trajectories(methods: readonly MethodFolder[], on: Computing): AsyncIterable<ParityCase> {
  for (const method of methods) {
    if (!existsSync(path.join(method.folder, 'trajectory.json'))) continue;
    if (method.unsupported) {
      for (const kind of kinds) yield skipped(`${method.name}/trajectory/${kind}`, method.unsupported);
      continue;
    }
    const golden = readJson<Trajectory>(method.folder, 'trajectory.json');
    yield* await withMethod(method, on, async (model) => {
      fill(model, method, 'init.safetensors');
      const run = await train(model, method, golden);
      const series = (name: string, actual: number[], expected: number[], tolerance: { relative: number }) =>
        compare(
          `${method.name}/trajectory/${name}`,
          expected.map((value, i) => ({ name: `step ${i}`, actual: [actual[i]!], expected: [value] })),
          tolerance,
        );
      const of = <K extends 'loss' | 'grad_norm' | 'lr'>(key: K) => golden.steps.map((step) => step[key]);
      return [
        series('losses', run.losses, of('loss'), tolerances.lossInTraining),
        series('grad-norms', run.norms, of('grad_norm'), tolerances.normInTraining),
        series('rates', run.rates, of('lr'), { relative: 1e-12 }),
        compare(`${method.name}/trajectory/final`, finals(model, method, golden), tolerances.trained),
      ];
    });
  }
}

/** Sets added tensors to the values of a file. */
export function fill(model: InspectableModel, method: MethodFolder, file: string): void {
  if (!existsSync(path.join(method.folder, file))) return;
  const header = readHeader(path.join(method.folder, file));
  for (const trainable of model.trainables) trainable.value.set(readTensor(header, goldenName(method, trainable)));
}

async function train(model: InspectableModel, method: MethodFolder, golden: Trajectory) {
  const { optimizer, schedule } = golden;
  const settings = { beta1: optimizer.betas[0], beta2: optimizer.betas[1], epsilon: optimizer.eps };
  const moments = new Map(model.trainables.map(({ name, value }) => [name, zeroMoments(value)]));
  const factorAt = scheduleOf(
    { lr_scheduler: schedule.name, warmup_steps: schedule.warmup_steps, warmup_ratio: 0 },
    schedule.total_steps,
    optimizer.lr,
  );
  const run = { losses: [] as number[], norms: [] as number[], rates: [] as number[] };
  for (const { step, micro_batches: micro } of golden.steps) {
    const batches = micro.map((index) => readBatch(method.model.folder, `mb${index}`));
    const normalizer = batches.reduce(
      (sum, batch) => sum + (golden.loss === 'hf' ? model.targetTokens(batch) : batch.ids.length),
      0,
    );
    const sums = new Map(model.trainables.map(({ name, value }) => [name, new Float32Array(value.length)]));
    const reached = new Set<string>();
    let loss = 0;
    for (const batch of batches) {
      const result = await model.lossAndGradients(batch, golden.loss === 'hf' ? hfLoss : missLoss, normalizer);
      loss += result.loss;
      for (const [name, gradient] of result.gradients) {
        addTo(sums.get(name)!, gradient);
        reached.add(name);
      }
    }
    const norm = globalNorm(sums.values());
    const rate = optimizer.lr * factorAt(step);
    run.losses.push(loss);
    run.norms.push(norm);
    run.rates.push(rate);
    const scale = clipScale(norm, golden.max_grad_norm);
    for (const { name, value, decay } of model.trainables)
      if (reached.has(name))
        adamwStep(value, sums.get(name)!, moments.get(name)!, settings, {
          rate,
          decay: decay ? optimizer.weight_decay : 0,
          scale,
          step: step + 1,
        });
  }
  return run;
}

function addTo(sum: Float32Array, more: Float32Array): void {
  for (let i = 0; i < sum.length; i++) sum[i]! += more[i]!;
}

/** The trained tensors where they are stored, else their checksums; biases of keys, which only noise moves, are left out. */
function finals(model: InspectableModel, method: MethodFolder, golden: Trajectory): Golden[] {
  const file = path.join(method.folder, 'final.safetensors');
  const header = existsSync(file) ? readHeader(file) : undefined;
  return model.trainables
    .filter(({ name }) => !/(\.key|\.k_proj|\.qkv)\.bias$/.test(name))
    .flatMap((trainable) => {
      const name = goldenName(method, trainable);
      return header ? [stored(header, name, trainable, golden)] : checksums(name, trainable, golden);
    });
}

/** Adam turns the rounding of a gradient that is all but zero into a step: how much of that there is depends on sizes and weights. */
function stored(header: SafetensorsHeader, name: string, { value }: Trainable, { final }: Trajectory): Golden {
  const noise = final[name]?.float32_minus_float64;
  return { name, actual: value, expected: readTensor(header, name), ...(noise !== undefined && { noise }) };
}

function checksums(name: string, { value }: Trainable, { final }: Trajectory): Golden[] {
  const { sum, abs_sum: absolute, max_abs: largest } = final[name]!;
  const actual = { sum: 0, absolute: 0, largest: 0 };
  for (const x of value) {
    actual.sum += x;
    actual.absolute += Math.abs(x);
    actual.largest = Math.max(actual.largest, Math.abs(x));
  }
  return [
    { name: `sums of ${name}`, actual: [actual.sum, actual.absolute], expected: [sum, absolute] },
    { name: `largest of ${name}`, actual: [actual.largest], expected: [largest] },
  ];
}
