import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { adamwStep } from '../../../runner/training/adamw';
import { clipScale, globalNorm } from '../../../runner/training/clip';
import { type ScheduleName, scheduleFactor, warmupSteps } from '../../../runner/training/schedule';
import { describeShared, sharedPath } from '../../shared';

const golden = (name: string) => JSON.parse(readFileSync(sharedPath('parity', name), 'utf8'));

describeShared('parity', 'AdamW against torch (parity/adamw.json)', () => {
  const file = golden('adamw.json');
  for (const [name, run] of Object.entries<{
    lr: number;
    weight_decay: number;
    steps: Record<'param' | 'exp_avg' | 'exp_avg_sq', number[]>[];
  }>(file.runs))
    for (const type of [Float64Array, Float32Array])
      it(`${name}, ${type.name}`, () => {
        const value = type.from(file.start as number[]);
        const moments = { first: new type(value.length), second: new type(value.length) };
        // float64 differs from torch in the last bits only; float32 rounds the moments once a step
        const tolerance = type === Float64Array ? 1e-12 : 3e-6;
        run.steps.forEach((expected, i) => {
          adamwStep(
            value,
            type.from(file.gradients[i] as number[]),
            moments,
            { beta1: file.betas[0], beta2: file.betas[1], epsilon: file.eps },
            { rate: run.lr, decay: run.weight_decay, scale: 1, step: i + 1 },
          );
          for (const [got, want] of [
            [value, expected.param],
            [moments.first, expected.exp_avg],
            [moments.second, expected.exp_avg_sq],
          ] as const)
            for (const [k, number] of want.entries())
              expect(Math.abs(got[k]! - number), `step ${i}, element ${k}`).toBeLessThanOrEqual(
                tolerance * Math.max(Math.abs(number), 1e-3),
              );
        });
      });
});

describeShared('parity', 'clipping against torch (parity/adamw.json)', () => {
  it('norm and scale', () => {
    const { gradients, max_norm, norm, clipped } = golden('adamw.json').clip;
    const tensors = (gradients as number[][]).map((g) => Float64Array.from(g));
    expect(globalNorm(tensors)).toBeCloseTo(norm, 12);
    const scale = clipScale(norm, max_norm);
    for (const [i, tensor] of tensors.entries())
      for (const [k, g] of tensor.entries()) expect(g * scale).toBeCloseTo(clipped[i][k], 6);
  });
});

describe('clipping', () => {
  it.each([
    [0.5, 1, 1],
    [4, 0, 1],
    [4, 2, 2 / (4 + 1e-6)],
  ])('norm %d, limit %d', (norm, limit, scale) => expect(clipScale(norm, limit)).toBe(scale));
});

describeShared('parity', 'schedules against transformers (parity/schedules.json)', () => {
  const file = golden('schedules.json');
  it.each(['linear', 'cosine', 'constant_with_warmup'] satisfies ScheduleName[])('%s', (name) => {
    for (const [step, rate] of (file.schedules[name].lr as number[]).entries())
      expect(
        file.base_lr * scheduleFactor(name, step, file.warmup_steps, file.total_steps),
        `step ${step}`,
      ).toBeCloseTo(rate, 15);
  });
});

describe('schedules', () => {
  it('constant knows no warm-up', () => expect(scheduleFactor('constant', 0, 3, 20)).toBe(1));
  it.each([
    [{ warmup_ratio: 0.1 }, 41, 5],
    [{ warmup_ratio: 0 }, 41, 0],
    [{ warmup_ratio: 0.1, warmup_steps: 2 }, 41, 2],
  ])('%j of %d steps', (settings, total, steps) => expect(warmupSteps(settings, total)).toBe(steps));
});
