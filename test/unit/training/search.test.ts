// A list of rates: each is trained to the end and scored on validation, and only the best meets the test set.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readEvents, readRun } from '../../../runner/runs';
import type { RateChoice } from '../../../schemas/generated/result';
import { attempt, checkpoints, curve, delta, events, newFolder } from './attempt';
import { type Bend, fakeData } from './fake';

const candidates = [1e-3, 0.03, 0.3];
const choiceOf = (folder: string): RateChoice => readRun(folder).result!.rate_choice!;
const evaluations = (folder: string) => events(folder).flatMap((e) => (e.type === 'evaluation' ? [e] : []));
const warnings = (folder: string) => events(folder).flatMap((e) => (e.type === 'warning' ? [e] : []));

describe('a run that chooses among rates', () => {
  it('tries each with every step, and chooses by the best validation score', async () => {
    const folder = newFolder();
    expect(await attempt(folder, { candidates })).toBe('finished');
    const { result } = readRun(folder);
    expect(result!.steps).toBe(45);
    const choice = choiceOf(folder);
    expect(choice.candidates.map(({ learning_rate }) => learning_rate)).toEqual(candidates);
    const scores = candidates.map((candidate) => {
      const own = evaluations(folder).filter((e) => e.role === 'validation' && e.candidate === candidate);
      expect(own).toHaveLength(3);
      return Math.max(...own.map(({ metrics }) => metrics.exact_match!.value!));
    });
    expect(choice.candidates.map(({ score }) => score)).toEqual(scores);
    expect(choice.learning_rate).toBe(candidates[scores.indexOf(Math.max(...scores))]);
    expect(new Set(scores).size).toBeGreaterThan(1);
  });

  it('sees the test set once, after the choice', async () => {
    const folder = newFolder();
    await attempt(folder, { candidates });
    const types = events(folder).map((e) => (e.type === 'evaluation' ? e.role : e.type));
    expect(types.filter((type) => type === 'test')).toHaveLength(1);
    expect(types.indexOf('test')).toBeGreaterThan(types.indexOf('learning_rate_chosen'));
    expect(types.lastIndexOf('validation')).toBeLessThan(types.indexOf('learning_rate_chosen'));
  });

  it('ends with the very tensors of a run with the chosen rate alone', async () => {
    const [searched, alone] = [newFolder(), newFolder()];
    await attempt(searched, { candidates });
    const { learning_rate: learningRate, candidates: tried } = choiceOf(searched);
    expect(tried[0]!.learning_rate).not.toBe(learningRate);
    await attempt(alone, { learningRate });
    expect(delta(searched)).toBe(delta(alone));
    expect(readRun(searched).result!.metrics).toEqual(readRun(alone).result!.metrics);
  });

  it('takes the lower of equally good rates', async () => {
    const folder = newFolder();
    await attempt(folder, { candidates: [0.29, 0.3] });
    const [low, high] = choiceOf(folder).candidates;
    expect(low!.score).toBe(high!.score);
    expect(choiceOf(folder).learning_rate).toBe(0.29);
  });

  it('says when the chosen rate is at the end of the list (MP4013)', async () => {
    const folder = newFolder();
    await attempt(folder, { candidates: [1e-5, 1e-4, 0.3] });
    expect(warnings(folder)).toMatchObject([{ code: 'MP4013', message: expect.stringContaining('highest') }]);
  });

  it('keeps the last two checkpoints and the best of each rate', async () => {
    const folder = newFolder();
    await attempt(folder, { candidates });
    const kept = new Set([...choiceOf(folder).candidates.map(({ step }) => step!), 40, 45]);
    expect(checkpoints(folder).filter((name) => name.startsWith('step-'))).toHaveLength(kept.size);
  });
});

describe('a candidate whose numbers go bad', () => {
  const spoil = (from: number, to: number): Bend => ({
    gradient(call, gradients) {
      if (call >= from && call < to) gradients.get('bias')!.fill(Number.NaN);
    },
  });
  it('is given up, and the others are tried', async () => {
    const folder = newFolder();
    // call 30 is the first step of the third candidate; having failed, it takes no more
    await attempt(folder, { candidates, bend: spoil(33, 34) });
    expect(choiceOf(folder).candidates[2]).toMatchObject({ failed: expect.stringContaining('MP4005') });
    expect(choiceOf(folder).learning_rate).toBe(0.03);
    expect(warnings(folder)[0]).toMatchObject({ code: 'MP4005', message: expect.stringContaining('0.3 is given up') });
  });
  it('though it was the best before', async () => {
    const folder = newFolder();
    await attempt(folder, { candidates: [1e-3, 0.3], bend: spoil(28, 29) });
    const [, high] = choiceOf(folder).candidates;
    expect(high).toMatchObject({ failed: expect.stringContaining('MP4005'), score: expect.any(Number) });
    expect(choiceOf(folder).learning_rate).toBe(1e-3);
    expect(readRun(folder).result!.best_step).toBe(choiceOf(folder).candidates[0]!.step);
  });
  it('ends the run if none is left (MP4005)', async () => {
    await expect(attempt(newFolder(), { candidates, bend: spoil(0, 99) })).rejects.toMatchObject({
      code: 'MP4005',
      message: expect.stringContaining('no candidate rate is left'),
    });
  });
});

describe('resuming a choice', () => {
  // stops are asked for between batches: 20 lie in the first rate, up to 60 in all
  it.each([3, 16, 22, 23, 24, 25, 38, 45, 46, 60, 66])('after a stop at question %d gives the same', async (stopAt) => {
    const [whole, parted] = [newFolder(), newFolder()];
    await attempt(whole, { candidates });
    expect(await attempt(parted, { candidates, stopAt })).toBe('cancelled');
    expect(await attempt(parted, { candidates })).toBe('finished');
    expect(delta(parted)).toBe(delta(whole));
    expect(curve(parted)).toEqual(curve(whole));
    expect(choiceOf(parted)).toEqual(choiceOf(whole));
  });

  it('that was made already makes it again, and once', async () => {
    const folder = newFolder();
    const crash = fakeData();
    const { decode } = crash;
    crash.decode = (ids) => {
      if (readEvents(folder).events.some(({ type }) => type === 'learning_rate_chosen')) throw new Error('crash');
      return decode(ids);
    };
    await expect(attempt(folder, { candidates, data: crash })).rejects.toThrow('crash');
    await attempt(folder, { candidates });
    expect(readEvents(folder).events.filter(({ type }) => type === 'learning_rate_chosen')).toHaveLength(2);
    expect(events(folder).filter(({ type }) => type === 'learning_rate_chosen')).toHaveLength(1);
  });

  it.each([1, 14, 15, 16, 29, 30, 31, 44])('after a crash in step %d too', async (crashed) => {
    const [whole, parted] = [newFolder(), newFolder()];
    await attempt(whole, { candidates });
    const bend: Bend = {
      onGradient(call) {
        if (call === crashed) throw new Error('crash');
      },
    };
    await expect(attempt(parted, { candidates, bend })).rejects.toThrow('crash');
    await attempt(parted, { candidates });
    expect(delta(parted)).toBe(delta(whole));
    expect(curve(parted)).toEqual(curve(whole));
  });
});

it('the untouched tensors are kept as they were, not as a checkpoint has them', async () => {
  const folder = newFolder();
  await attempt(folder, { candidates });
  const file = path.join(folder, 'checkpoints/untouched.safetensors');
  const before = readFileSync(file);
  expect(readdirSync(path.join(folder, 'checkpoints'))).toContain('untouched.safetensors');
  await attempt(folder, { candidates });
  expect(readFileSync(file).equals(before)).toBe(true);
  expect(readEvents(folder).events.some(({ type }) => type === 'run_resumed')).toBe(true);
});
