import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Model } from '../../../runner/models/types';
import { readEvents, readPredictions, readRun } from '../../../runner/runs';
import { attempt, checkpoints, curve, delta, environment, events, newFolder } from './attempt';
import { type Bend, fakeData, fakeModel, items } from './fake';

describe('a run', () => {
  it('trains, chooses on validation, and meets the test set once', async () => {
    const folder = newFolder();
    expect(await attempt(folder)).toBe('finished');
    const summary = readRun(folder);
    expect(summary.state).toBe('finished');
    // 20 items in batches of 4, 3 epochs
    expect(summary.result).toMatchObject({ steps: 15, metrics: { 'rad/test': { exact_match: { n: 7 } } } });
    expect(summary.result!.baselines!.constant_answer!.metrics['rad/test']!.exact_match!.n).toBe(7);
    const all = events(folder);
    const steps = all.filter(({ type }) => type === 'step');
    expect(steps).toHaveLength(15);
    expect(steps[0]).toMatchObject({ step: 1, learning_rate: 0, items: 4, target_tokens: 4, epoch: 0.2 });
    expect(steps[14]).toMatchObject({ step: 15, epoch: 3 });
    const scored = all.flatMap((event) => (event.type === 'evaluation' ? [event] : []));
    expect(scored.map(({ step, role }) => [role, step])).toEqual([
      ['validation', 5],
      ['validation', 10],
      ['validation', 15],
      ['test', summary.result!.best_step],
    ]);
    expect(scored[2]!.metrics.exact_match!.value).toBeGreaterThan(scored[0]!.metrics.exact_match!.value!);
    expect(readPredictions(folder).get('test-rad-test')).toHaveLength(7);
    expect(checkpoints(folder).length).toBeLessThanOrEqual(3);
  });

  it('takes the earlier of equally good checkpoints, and its weights', async () => {
    const folder = newFolder();
    // from the first evaluation on nothing is right any more, or as right as before
    const data = fakeData();
    data.splits.validation = items(1, 'rad/validation');
    await attempt(folder, { data, training: { num_epochs: 5 } });
    const scored = events(folder).flatMap((e) => (e.type === 'evaluation' && e.role === 'validation' ? [e] : []));
    const values = scored.map(({ metrics }) => metrics.exact_match!.value!);
    const best = values.indexOf(Math.max(...values));
    expect(values.lastIndexOf(Math.max(...values))).toBeGreaterThan(best);
    expect(readRun(folder).result!.best_step).toBe(scored[best]!.step);
    expect(checkpoints(folder)).toContain(`step-${String(scored[best]!.step).padStart(6, '0')}.safetensors`);
  });

  it('accumulates micro-batches with the normaliser of the whole step', async () => {
    const [whole, split] = [newFolder(), newFolder()];
    await attempt(whole, { training: { batch_size: 4 } });
    await attempt(split, { training: { batch_size: 2, gradient_accumulation_steps: 2 } });
    const [a, b] = [curve(whole), curve(split)];
    expect(b).toHaveLength(a.length);
    for (const [i, row] of a.entries())
      for (const [k, value] of row.entries())
        if (typeof value === 'number') expect(b[i]![k]).toBeCloseTo(value, 5);
        else expect(b[i]![k]).toBe(value);
  });

  it('of an untuned base takes no step and is scored', async () => {
    const folder = newFolder();
    await attempt(folder, { tuned: [] });
    expect(readRun(folder).result).toMatchObject({ steps: 0, best_step: 0, metrics: { 'rad/test': {} } });
    expect(events(folder).map(({ type }) => type)).toEqual(['run_started', 'evaluation', 'evaluation', 'run_finished']);
  });

  it('stops after max_steps and evaluates every eval_steps', async () => {
    const folder = newFolder();
    await attempt(folder, { training: { max_steps: 7, eval_steps: 3 } });
    const steps = events(folder).flatMap((e) => (e.type === 'evaluation' && e.role === 'validation' ? [e.step] : []));
    expect(steps).toEqual([3, 6, 7]);
    expect(readRun(folder).result!.steps).toBe(7);
  });
});

it('tells by component how far each step went: the norm of what the tensors differ from before', async () => {
  const folder = newFolder();
  const before: Map<string, Float32Array>[] = [];
  const bend: Bend = {
    onGradient: (_call, { trainables }) =>
      void before.push(new Map(trainables.map(({ name, value }) => [name, value.slice()]))),
  };
  await attempt(folder, { bend });
  const told = events(folder).flatMap((event) => (event.type === 'step' ? [event.update_norms!] : []));
  const { trainables } = fakeModel();
  for (const [i, now] of before.slice(1).entries()) {
    const squares = new Map<string, number>();
    for (const { name, component } of trainables)
      for (const [k, value] of now.get(name)!.entries())
        squares.set(component, (squares.get(component) ?? 0) + (value - before[i]!.get(name)![k]!) ** 2);
    expect(Object.keys(told[i]!)).toEqual([...squares.keys()]);
    for (const [component, sum] of squares) expect(told[i]![component]).toBeCloseTo(Math.sqrt(sum), 12);
  }
  // the warm-up begins at a rate of 0
  expect(Object.values(told[0]!)).toEqual([0]);
  expect(Object.values(told[5]!)[0]).toBeGreaterThan(0);
});

describe('what must not happen', () => {
  it('a number that is not finite ends the run: step, items and tensor are named (MP4005)', async () => {
    const bend: Bend = {
      gradient(call, gradients) {
        if (call === 3) gradients.get('bias')![1] = Number.NaN;
      },
    };
    await expect(attempt(newFolder(), { bend })).rejects.toMatchObject({
      code: 'MP4005',
      place: 'bias',
      message: expect.stringMatching(/gradient norm .* step 4; first bad: the gradient of bias; items rad\/train-/),
    });
  });

  it('a frozen tensor that moves is MP4006', async () => {
    const bend: Bend = {
      onGradient(call, model) {
        if (call === 3) model.tensor('frozen')[0] = 9;
      },
    };
    await expect(attempt(newFolder(), { bend })).rejects.toMatchObject({
      code: 'MP4006',
      message: 'frozen tensors changed: frozen',
    });
  });

  it('a tuned tensor that is put back is MP4006', async () => {
    const first = fakeModel().tensor('bias').slice();
    const data = fakeData();
    let model: Model | undefined;
    const bend: Bend = {
      onGradient(_call, used) {
        model = used;
      },
    };
    // the last thing before the check is the score on validation
    const { decode } = data;
    data.decode = (ids) => {
      model!.tensor('bias').set(first);
      return decode(ids);
    };
    await expect(attempt(newFolder(), { bend, data })).rejects.toMatchObject({
      code: 'MP4006',
      message: 'tuned tensors did not move: bias',
    });
  });

  it('a tuned tensor without a part in the loss is told', async () => {
    const folder = newFolder();
    await attempt(folder, { tuned: ['weight', 'bias', 'unused'], training: { weight_decay: 0 } });
    // early, and once
    expect(events(folder).filter(({ type }) => type === 'warning')).toMatchObject([
      { code: 'MP4006', step: 5, message: expect.stringContaining('1 of the 3 tensors of "all" (unused)') },
    ]);
  });

  it('a method of which nothing has a part in the loss is MP4006', async () => {
    await expect(attempt(newFolder(), { tuned: ['unused'] })).rejects.toMatchObject({
      code: 'MP4006',
      message: 'the gradient was always zero in 1 of the 1 tensors of "all" (unused)',
    });
  });

  it('a rate whose steps float32 rounds away is told before the first step and at the end', async () => {
    const folder = newFolder();
    const model = fakeModel({ tuned: ['weight'] });
    model.tensor('weight').fill(1);
    await attempt(folder, { model, learningRate: 1e-9, training: { weight_decay: 0 } });
    const told = events(folder).flatMap((e) => (e.type === 'warning' && e.code === 'MP4012' ? [e] : []));
    expect(told).toMatchObject([
      { step: 0, message: expect.stringContaining('1e-9 of "all" is too small') },
      { step: 15, message: expect.stringMatching(/1 tuned tensors never moved.*weight/) },
    ]);
  });

  it.each<['activation' | 'weight' | 'pixels', RegExp]>([
    ['weight', /the loss .* step 3; first bad: the tensor weight itself; items/],
    ['pixels', /first bad: the pixels; items/],
    ['activation', /first bad: the activation layer.1; items/],
  ])('of a loss that is not finite the first bad %s is named', async (what, message) => {
    const bend: Bend = {
      onGradient(call, model) {
        if (call === 2 && what === 'weight') model.tensor('weight')[3] = Number.NaN;
      },
      loss: (call) => (call === 2 ? Number.NaN : 0),
      batch(batch) {
        if (what === 'pixels') batch.pixelValues = Float32Array.of(0, Number.POSITIVE_INFINITY);
      },
    };
    const model = { ...fakeModel({ bend }), hiddenStates: async () => hidden };
    const hidden = new Map([
      ['layer.0', { data: Float32Array.of(1), shape: [1] }],
      ['layer.1', { data: Float32Array.of(Number.NaN), shape: [1] }],
      ['layer.2', { data: Float32Array.of(Number.NaN), shape: [1] }],
    ]);
    await expect(attempt(newFolder(), { model, bend })).rejects.toMatchObject({
      code: 'MP4005',
      message: expect.stringMatching(message),
    });
  });

  it('a validation loss that is not finite is MP4005', async () => {
    const model = { ...fakeModel(), loss: async () => Number.POSITIVE_INFINITY };
    await expect(attempt(newFolder(), { model })).rejects.toMatchObject({ code: 'MP4005' });
  });

  it.each(['warn', 'stop'] as const)('a loss that stays far above its lowest: %s (MP4011)', async (on_divergence) => {
    const folder = newFolder();
    // falls for ten steps, then is five times what it was at first
    const bend: Bend = { loss: (call) => (call < 10 ? 1 - call / 20 : 5) };
    const ended = attempt(folder, { bend, training: { max_steps: 60, on_divergence } });
    if (on_divergence === 'stop') await expect(ended).rejects.toMatchObject({ code: 'MP4011' });
    else {
      expect(await ended).toBe('finished');
      const told = events(folder).flatMap((e) => (e.type === 'warning' ? [e] : []));
      expect(told).toMatchObject([{ code: 'MP4011', message: expect.stringContaining('the loss diverges') }]);
    }
  });
});

describe('resuming', () => {
  it.each([1, 4, 7, 12, 17, 22, 24])(
    'after a stop at question %d gives the same bytes and the same curve',
    async (stopAt) => {
      const [whole, parted] = [newFolder(), newFolder()];
      await attempt(whole);
      expect(await attempt(parted, { stopAt })).toBe('cancelled');
      expect(readRun(parted).state).toBe('cancelled');
      expect(await attempt(parted)).toBe('finished');
      expect(delta(parted)).toBe(delta(whole));
      expect(curve(parted)).toEqual(curve(whole));
      const { seconds: _, ...result } = readRun(parted).result!;
      expect(result).toMatchObject({ metrics: readRun(whole).result!.metrics, steps: 15 });
    },
  );

  it('after a crash goes back to the last checkpoint, and what came after it is void', async () => {
    const [whole, parted] = [newFolder(), newFolder()];
    await attempt(whole);
    const crash: Bend = {
      onGradient(call) {
        if (call === 8) throw new Error('crash');
      },
    };
    await expect(attempt(parted, { bend: crash })).rejects.toThrow('crash');
    await attempt(parted);
    expect(readEvents(parted).events.find(({ type }) => type === 'run_resumed')).toMatchObject({
      from_step: 5,
      bit_exact: true,
    });
    expect(delta(parted)).toBe(delta(whole));
    expect(curve(parted)).toEqual(curve(whole));
  });

  const flip = (file: string, where: (length: number) => number) => {
    const bytes = readFileSync(file);
    bytes[where(bytes.length)]! ^= 1;
    writeFileSync(file, bytes);
  };
  const cut = (file: string, share: number) => {
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.subarray(0, Math.floor(bytes.length * share)));
  };
  it.each<[string, (checkpoint: string) => void]>([
    ['with a bit of its length flipped', (file) => flip(file, () => 3)],
    ['with a bit of its header flipped', (file) => flip(file, () => 40)],
    ['with a bit of its tensors flipped', (file) => flip(file, (length) => length - 50)],
    ['with its last bit flipped', (file) => flip(file, (length) => length - 1)],
    ['cut to half', (file) => cut(file, 0.5)],
    ['cut to nothing', (file) => cut(file, 0)],
    ['longer', (file) => writeFileSync(file, 'x', { flag: 'a' })],
    ['deleted', (file) => rmSync(file)],
    ['without its checksum', (file) => rmSync(`${file}.sha256`)],
    ['with a bit of its checksum flipped', (file) => flip(`${file}.sha256`, () => 5)],
    ['with its checksum cut', (file) => cut(`${file}.sha256`, 0.3)],
    ['with an empty checksum', (file) => cut(`${file}.sha256`, 0)],
  ])('with its last checkpoint %s goes on from the one before, with a word', async (_how, damage) => {
    const [whole, parted] = [newFolder(), newFolder()];
    await attempt(whole);
    await attempt(parted, { stopAt: 15 });
    const [previous, last] = checkpoints(parted).slice(-2);
    damage(path.join(parted, 'checkpoints', last!));
    await attempt(parted);
    const warnings = events(parted).flatMap((e) => (e.type === 'warning' ? [e] : []));
    expect(warnings).toMatchObject([{ code: 'MP4004', message: expect.stringContaining(last!) }]);
    expect(readEvents(parted).events.find(({ type }) => type === 'run_resumed')).toMatchObject({
      from_step: Number(/\d+/.exec(previous!)![0]),
    });
    expect(delta(parted)).toBe(delta(whole));
  });

  it('with its best checkpoint damaged goes back to where another was the best', async () => {
    const [whole, parted] = [newFolder(), newFolder()];
    await attempt(whole, { training: { eval_steps: 2 } });
    await attempt(parted, { stopAt: 30, training: { eval_steps: 2 } });
    const saved = readEvents(parted).events.flatMap((e) => (e.type === 'checkpoint' ? [e] : []));
    const best = saved.findLast((event) => event.best)!;
    flip(path.join(parted, best.file), (length) => length - 9);
    await attempt(parted, { training: { eval_steps: 2 } });
    const resumed = readEvents(parted).events.findLast((e) => e.type === 'run_resumed');
    expect(resumed).toMatchObject({ from_step: expect.any(Number) });
    expect(resumed!.type === 'run_resumed' && resumed!.from_step).toBeLessThan(best.step);
    expect(delta(parted)).toBe(delta(whole));
  });

  it('after the best checkpoint was damaged while the run went on, ends with MP4004 and can be resumed', async () => {
    const [whole, damaged] = [newFolder(), newFolder()];
    const data = fakeData();
    data.splits.validation = items(1, 'rad/validation');
    await attempt(whole, { data, training: { num_epochs: 5 } });
    const bestStep = readRun(whole).result!.best_step!;
    expect(bestStep).toBeLessThan(25);
    const bend: Bend = {
      onGradient(call) {
        if (call === 24)
          flip(path.join(damaged, `checkpoints/step-${String(bestStep).padStart(6, '0')}.safetensors`), (n) => n - 2);
      },
    };
    const settings = { data, training: { num_epochs: 5 } };
    await expect(attempt(damaged, { ...settings, bend })).rejects.toMatchObject({ code: 'MP4004' });
    await attempt(damaged, settings);
    expect(delta(damaged)).toBe(delta(whole));
  });

  it('without any checkpoint begins anew, with a word', async () => {
    const [whole, parted] = [newFolder(), newFolder()];
    await attempt(whole);
    await attempt(parted, { stopAt: 15 });
    rmSync(path.join(parted, 'checkpoints'), { recursive: true });
    await attempt(parted);
    expect(events(parted).filter(({ type }) => type === 'warning')).toMatchObject([{ code: 'MP4004' }]);
    expect(curve(parted)).toEqual(curve(whole));
    expect(delta(parted)).toBe(delta(whole));
  });

  it('says when it is not bit-exact', async () => {
    const folder = newFolder();
    await attempt(folder, { stopAt: 9 });
    environment.threads = 2;
    try {
      await attempt(folder);
    } finally {
      environment.threads = 1;
    }
    expect(events(folder).find(({ type }) => type === 'run_resumed')).toMatchObject({ bit_exact: false });
  });
});
