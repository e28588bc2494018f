import { describe, expect, it } from 'vitest';
import { orderOf } from '../../../runner/data/order';
import type { Batch } from '../../../runner/data/types';
import { calendarOf } from '../../../runner/training/calendar';
import { normalizerOf } from '../../../runner/training/loss';
import { startPace } from '../../../runner/training/pace';
import { ratesOf } from '../../../runner/training/rates';

import { fakeRun, items } from './fake';

const training = (settings: object) => fakeRun('/', settings).training;

describe('the order of items', () => {
  it.each<[string, object, number, number]>([
    ['whole epochs', { num_epochs: 2, batch_size: 4 }, 6, 3],
    ['the last step takes what is left', { num_epochs: 2, batch_size: 4, gradient_accumulation_steps: 2 }, 4, 2],
    ['part of an epoch, rounded up', { num_epochs: 1.5, batch_size: 4 }, 5, 3],
    ['max_steps, over epochs', { max_steps: 7, batch_size: 4 }, 7, 3],
    ['max_steps, within one', { max_steps: 2, batch_size: 4 }, 2, 3],
  ])('%s', (_name, settings, totalSteps, stepsPerEpoch) => {
    const order = orderOf(items(10), training(settings), 0);
    expect(order).toMatchObject({ totalSteps, stepsPerEpoch });
    const seen = Array.from({ length: totalSteps }, (_, step) => order.microBatches(step).flat().length);
    expect(seen.every((n) => n > 0)).toBe(true);
  });

  it('shows every item once an epoch, otherwise in each epoch and with each seed, the same whenever asked', () => {
    const settings = training({ num_epochs: 2, batch_size: 3, gradient_accumulation_steps: 2 });
    const ids = (seed: number, steps: number[]) => {
      const order = orderOf(items(10), settings, seed);
      return steps.flatMap((step) =>
        order
          .microBatches(step)
          .flat()
          .map(({ id }) => id),
      );
    };
    const [first, second] = [ids(0, [0, 1]), ids(0, [2, 3])];
    expect([...first].sort()).toEqual(
      items(10)
        .map(({ id }) => id)
        .sort(),
    );
    expect([...second].sort()).toEqual([...first].sort());
    expect(second).not.toEqual(first);
    expect(ids(1, [0, 1])).not.toEqual(first);
    expect(ids(0, [3])).toEqual(second.slice(-ids(0, [3]).length));
  });

  it('packed by image may have epochs of different lengths', () => {
    const order = orderOf(items(11), training({ num_epochs: 3, batch_size: 5, batching: 'by_image' }), 0);
    const all = Array.from({ length: order.totalSteps }, (_, step) => order.microBatches(step).flat().length);
    expect(all.reduce((a, b) => a + b)).toBe(33);
    expect(order.epochs(order.totalSteps)).toBe(3);
    expect(order.endsEpoch(order.totalSteps)).toBe(true);
  });
});

describe('the calendar', () => {
  const order = { totalSteps: 7, endsEpoch: (step: number) => step === 3 || step === 6 };
  it.each<[string, object, boolean, number[], number[]]>([
    ['once an epoch and at the end', {}, true, [3, 6, 7], [3, 6, 7]],
    ['every eval_steps', { eval_steps: 2 }, true, [2, 4, 6, 7], [2, 4, 6, 7]],
    ['own save_steps', { eval_steps: 4, save_steps: 3 }, true, [4, 7], [3, 6, 7]],
    ['without validation', {}, false, [], [3, 6, 7]],
  ])('%s', (_name, settings, hasValidation, evaluations, saves) => {
    const calendar = calendarOf(order, settings, hasValidation);
    const steps = [1, 2, 3, 4, 5, 6, 7];
    expect(steps.filter(calendar.evaluationDue)).toEqual(evaluations);
    expect(steps.filter(calendar.saveDue)).toEqual(saves);
    expect(calendar.evaluationsAfter(3)).toBe(evaluations.filter((step) => step > 3).length);
  });
});

describe('rates', () => {
  const tensor = (group: string, decay: boolean) => ({ name: group, group, decay });
  const run = {
    ...fakeRun('/'),
    parameterGroups: { norms: { kind: 'layernorm', learning_rate: 0.2 }, heads: { kind: 'head', weight_decay: 0.5 } },
  } as const;
  it.each<[string, number | Record<string, number> | undefined, string, boolean, number, number]>([
    ["the method's", 0.1, 'all', true, 0.1, 0.05],
    ["the group's own before the method's", 0.1, 'norms', true, 0.2, 0.05],
    ["the method's for the name before both", { norms: 0.3 }, 'norms', true, 0.3, 0.05],
    ["the group's own decay", 0.1, 'heads', true, 0.1, 0.5],
    ['no decay where there is none, whatever is set', 0.1, 'heads', false, 0.1, 0],
  ])('%s', (_name, learningRate, group, decays, rate, decay) => {
    const method = { ...run.method, learningRate };
    expect(ratesOf({ ...run, method }, [tensor(group, decays)]).get(group)).toEqual({ rate, decay });
  });
  it('a name without any is MP1004', () => {
    const method = { ...run.method, learningRate: { norms: 1 } };
    expect(() => ratesOf({ ...run, method }, [tensor('all', true)])).toThrow(
      expect.objectContaining({ code: 'MP1004', place: 'all' }),
    );
  });
});

describe('the normaliser of a step', () => {
  it('joins micro-batches: the targets that the model sees for hf, rows for miss', () => {
    const batches = ['a', 'b'].map((id) => ({ ids: [id], answerLength: id === 'a' ? 3 : 2 })) as unknown as Batch[];
    const model = { targetTokens: ({ answerLength }: Batch) => answerLength - 1 };
    expect([normalizerOf('hf', batches, model), normalizerOf('miss', batches, model)]).toEqual([3, 2]);
  });
});

describe('the pace', () => {
  it('knows nothing at first, then counts steps and evaluations', () => {
    const pace = startPace();
    expect(pace.secondsLeft({ steps: 1, evaluationItems: 0 })).toBeUndefined();
    pace.step(2, 8);
    expect(pace.itemsPerSecond()).toBe(4);
    expect(pace.secondsLeft({ steps: 3, evaluationItems: 8 })).toBe(8);
    pace.evaluation(1, 10);
    expect(pace.secondsLeft({ steps: 3, evaluationItems: 10 })).toBe(7);
  });

  it('forgets the first step, which prepares, then takes the mean, and of many the recent', () => {
    const pace = startPace();
    for (const seconds of [60, 1, 3]) pace.step(seconds, 8);
    expect(pace.secondsLeft({ steps: 10, evaluationItems: 0 })).toBe(20);
    for (let step = 0; step < 100; step++) pace.step(5, 8);
    expect(pace.secondsLeft({ steps: 10, evaluationItems: 0 })).toBeCloseTo(50, 1);
  });
});
