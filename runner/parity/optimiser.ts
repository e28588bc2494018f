/** The optimiser and the schedules by themselves: moments and parameters of AdamW, clipping, learning rates. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { ScheduleSettings } from '../../schemas/generated/spec';
import { adamwStep } from '../training/adamw';
import { clipScale, globalNorm } from '../training/clip';
import { type ScheduleName, scheduleOf } from '../training/schedule';
import { compare, type Golden, skipped } from './compare';
import { readJson } from './folders';
import type { ParityCase, ParityContext } from './types';

interface GoldenAdamW {
  betas: [number, number];
  eps: number;
  start: number[];
  gradients: number[][];
  runs: Record<
    string,
    { lr: number; weight_decay: number; steps: { param: number[]; exp_avg: number[]; exp_avg_sq: number[] }[] }
  >;
  clip: { gradients: number[][]; max_norm: number; norm: number; clipped: number[][] };
}

/** Both sides compute in float64. */
const float64 = { relative: 1e-12 };
/** The golden clipped values are float32. */
const float32 = { relative: 1e-6 };

export async function* adamw({ root }: ParityContext): AsyncIterable<ParityCase> {
  if (!existsSync(path.join(root, 'adamw.json'))) return;
  const golden = readJson<GoldenAdamW>(root, 'adamw.json');
  const settings = { beta1: golden.betas[0], beta2: golden.betas[1], epsilon: golden.eps };
  for (const [name, { lr, weight_decay: decay, steps }] of Object.entries(golden.runs)) {
    const value = Float64Array.from(golden.start);
    const moments = { first: new Float64Array(value.length), second: new Float64Array(value.length) };
    const goldens = steps.flatMap(({ param, exp_avg: first, exp_avg_sq: second }, i): Golden[] => {
      adamwStep(value, Float64Array.from(golden.gradients[i]!), moments, settings, {
        rate: lr,
        decay,
        scale: 1,
        step: i + 1,
      });
      return [
        { name: `parameters, step ${i}`, actual: value.slice(), expected: param },
        { name: `first moment, step ${i}`, actual: moments.first.slice(), expected: first },
        { name: `second moment, step ${i}`, actual: moments.second.slice(), expected: second },
      ];
    });
    yield compare(`adamw/${name}`, goldens, float64);
  }
  const { gradients, max_norm: limit, norm, clipped } = golden.clip;
  const ours = globalNorm(gradients.map((gradient) => Float64Array.from(gradient)));
  const scale = clipScale(ours, limit);
  yield compare(
    'adamw/clip',
    [
      { name: 'norm', actual: [ours], expected: [norm] },
      { name: 'clipped', actual: gradients.flat().map((value) => value * scale), expected: clipped.flat() },
    ],
    float32,
  );
}

interface GoldenSchedules {
  base_lr: number;
  warmup_steps: number;
  total_steps: number;
  schedules: Record<string, { arguments: ScheduleSettings; lr: number[] }>;
}

const known: readonly ScheduleName[] = [
  'linear',
  'cosine',
  'cosine_with_min_lr',
  'polynomial',
  'inverse_sqrt',
  'constant',
  'constant_with_warmup',
];

export async function* schedules({ root }: ParityContext): AsyncIterable<ParityCase> {
  if (!existsSync(path.join(root, 'schedules.json'))) return;
  const {
    base_lr: base,
    warmup_steps: warmup,
    total_steps: total,
    schedules: all,
  } = readJson<GoldenSchedules>(root, 'schedules.json');
  for (const [name, { arguments: kwargs, lr }] of Object.entries(all)) {
    const schedule = known.find((one) => one === name);
    if (!schedule) {
      yield skipped(`schedules/${name}`, 'the schedule is not supported');
      continue;
    }
    // The goldens go on after the last step; a run does not.
    const expected = lr.slice(0, total);
    const training = {
      lr_scheduler: schedule,
      lr_scheduler_kwargs: kwargs,
      warmup_steps: warmup,
      warmup_ratio: 0,
    };
    const factor = scheduleOf(training, total, base);
    const actual = expected.map((_, step) => base * factor(step));
    yield compare(`schedules/${name}`, [{ name: 'rates', actual, expected }], float64);
  }
}
