import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { adamwStep } from '../../../runner/training/adamw';
import { clipScale, globalNorm } from '../../../runner/training/clip';
import { scheduleOf, warmupSteps } from '../../../runner/training/schedule';
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
  const { base_lr: base, warmup_steps, total_steps: total, schedules } = golden('schedules.json');
  it.each(Object.keys(schedules))('%s', (name) => {
    const training = { lr_scheduler: name as 'linear', lr_scheduler_kwargs: schedules[name].arguments };
    const factor = scheduleOf({ ...training, warmup_steps, warmup_ratio: 0 }, total, base);
    for (const [step, rate] of (schedules[name].lr as number[]).slice(0, total + 1).entries())
      expect(base * factor(step), `step ${step}`).toBeCloseTo(rate, 15);
  });
});

describe('schedules', () => {
  const plain = { warmup_ratio: 0, lr_scheduler: 'polynomial' } as const;
  it('constant knows no warm-up', () =>
    expect(scheduleOf({ lr_scheduler: 'constant', warmup_ratio: 0.5 }, 20, 1)(0)).toBe(1));
  it("have transformers' defaults: power 1, lr_end 1e-7; timescale 10,000 without a warm-up", () => {
    expect(scheduleOf(plain, 10, 1e-3)(5) * 1e-3).toBeCloseTo((1e-3 - 1e-7) / 2 + 1e-7, 15);
    expect(scheduleOf({ ...plain, lr_scheduler: 'inverse_sqrt' }, 10, 1)(10_000)).toBeCloseTo(Math.SQRT1_2, 15);
  });
  it('a polynomial that would not fall is MP1005', () =>
    expect(() => scheduleOf(plain, 10, 1e-8)).toThrow(expect.objectContaining({ code: 'MP1005' })));
  it.each([
    [{ warmup_ratio: 0.1 }, 41, 5],
    [{ warmup_ratio: 0 }, 41, 0],
    [{ warmup_ratio: 0.1, warmup_steps: 2 }, 41, 2],
  ])('%j of %d steps', (settings, total, steps) => expect(warmupSteps(settings, total)).toBe(steps));
});
