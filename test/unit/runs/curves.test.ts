import { appendFileSync, existsSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { effectiveEvents, effectiveSlices, readEvents, readKeptCurves } from '../../../runner/runs';
import { MovingAverage } from '../../../runner/runs/curves/average';
import { Curve, type CurvePoints, maximumBuckets } from '../../../runner/runs/curves/curve';
import { keepCurves } from '../../../runner/runs/curves/file';
import { History } from '../../../runner/runs/curves/history';
import { temporaryFolder } from './fixture';

function smooth(values: readonly number[], factor: number): number[] {
  const average = new MovingAverage(factor);
  return values.map((value) => average.next(value));
}

function curveOf(values: readonly number[]): Curve {
  const curve = new Curve();
  values.forEach((value, i) => {
    curve.add({ step: i + 1, epoch: (i + 1) / 2, seconds: 10 * i }, value);
  });
  return curve;
}

const at = ({ steps, raw }: CurvePoints, step: number) => raw[steps.indexOf(step)];

describe('MovingAverage', () => {
  // by hand: m = f m + (1 - f) x, shown as m / (1 - f^t)
  it.each([
    { factor: 0, values: [3, 1, 2], expected: [3, 1, 2] },
    { factor: 0.5, values: [4, 2, 8], expected: [4, (1 + 1) / 0.75, (0.5 + 0.5 + 4) / 0.875] },
    { factor: 0.9, values: [5, 5, 5], expected: [5, 5, 5] },
  ])('factor $factor of $values', ({ factor, values, expected }) => {
    smooth(values, factor).forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 12);
    });
  });

  it('shows a loss that is not finite and goes on without it', () => {
    expect(smooth([1, Number.NaN, 1], 0.5)).toEqual([1, Number.NaN, 1]);
  });

  it('takes a value so many times at once', () => {
    const [once, one] = [new MovingAverage(0.8), new MovingAverage(0.8)];
    once.next(3);
    one.next(3);
    for (const _ of [1, 2, 3]) one.next(7);
    expect(once.next(7, 4)).toBeCloseTo(one.next(7), 12);
  });
});

describe('Curve', () => {
  it('keeps every value while they are few', () => {
    const { steps, raw, smooth: smoothed } = curveOf([4, 2, 8]).points('step', 0.5, 10);
    expect([[...steps], [...raw]]).toEqual([
      [1, 2, 3],
      [4, 2, 8],
    ]);
    expect([...smoothed]).toEqual(smooth([4, 2, 8], 0.5));
  });

  it.each([
    ['step', [1, 2, 3]],
    ['epoch', [0.5, 1, 1.5]],
    ['time', [0, 10, 20]],
  ] as const)('counts in %s', (axis, expected) => {
    const { x, steps } = curveOf([4, 2, 8]).points(axis, 0, 10);
    expect([[...x], [...steps]]).toEqual([expected, [1, 2, 3]]);
  });

  it('tells what came since, smoothed on', () => {
    const curve = curveOf([4, 2]);
    curve.points('step', 0.5, 10);
    curve.add({ step: 3, epoch: 0, seconds: 0 }, 8).add({ step: 4, epoch: 0, seconds: 0 }, 1);
    const news = curve.news('step')!;
    expect([...news.steps]).toEqual([3, 4]);
    expect([...news.smooth]).toEqual(smooth([4, 2, 8, 1], 0.5).slice(2));
    expect([...curve.news('step')!.steps]).toEqual([]);
  });

  // lengths around the halvings, where a bucket is half filled
  it.each([maximumBuckets, maximumBuckets + 1, 2 * maximumBuckets, 2 * maximumBuckets + 3, 100_001])(
    'of %i values keeps ends and spikes at their places, in bounded memory',
    (length) => {
      const values = Array.from({ length }, (_, i) => Math.sin(i));
      values[431] = 99;
      values[length - 7] = -99;
      const curve = curveOf(values);
      expect(curve.keep().rows.length / 10).toBeLessThanOrEqual(maximumBuckets);
      const points = curve.points('step', 0, 500);
      expect(points.steps.length).toBeLessThanOrEqual(502);
      expect([...points.steps]).toEqual([...points.steps].sort((a, b) => a - b));
      expect([1, 432, length - 6, length].map((step) => at(points, step))).toEqual([
        values[0],
        99,
        -99,
        values[length - 1],
      ]);
    },
  );

  it('smooths a long curve as if it had all its values', () => {
    const values = Array.from({ length: 100_000 }, (_, i) => 5 * Math.exp(-i / 20_000) + Math.sin(i * 12.9898));
    const { steps, smooth: smoothed } = curveOf(values).points('step', 0.999, 2_000);
    const exact = smooth(values, 0.999);
    const gaps = [...steps].map((step, i) => Math.abs(smoothed[i]! - exact[step - 1]!)).slice(5);
    expect(Math.max(...gaps)).toBeLessThan(0.1); // the noise has an amplitude of 1
  });

  it('comes back as it was kept, and goes on alike', () => {
    const values = Array.from({ length: 5_001 }, (_, i) => Math.sin(i));
    const [curve, back] = [curveOf(values), Curve.of(JSON.parse(JSON.stringify(curveOf(values).keep())))];
    for (const one of [curve, back])
      for (let i = 0; i < 4_000; i++) one.add({ step: 6_000 + i, epoch: 0, seconds: 0 }, i);
    expect(back.points('step', 0.9, 800)).toEqual(curve.points('step', 0.9, 800));
  });
});

const time = '2026-01-01T00:00:00.000Z';
const step = (n: number, loss = n) => ({ type: 'step', step: n, loss, learning_rate: 0.1, seconds: n });
const test = (n: number) => ({ type: 'evaluation', step: n, role: 'test', split: 'rad/test', metrics: {} });

/** A run folder with these events. */
function folderWith(events: readonly object[]): string {
  const folder = temporaryFolder();
  const lines = events.map((event, seq) => `${JSON.stringify({ seq, time, ...event })}\n`);
  writeFileSync(path.join(folder, 'events.jsonl'), lines.join(''));
  return folder;
}

const started = { type: 'run_started', run: 'r', total_steps: 9, trainable: 1 };
const resumed = (from_step: number) => ({ type: 'run_resumed', from_step });

describe('effectiveSlices', () => {
  it.each([
    [[started, step(1), step(2)]],
    [[started, step(1), step(2), test(2), resumed(1), step(2), step(3)]],
    [[started, step(1), step(2), step(3), resumed(2), step(3), step(4), resumed(1), step(2)]],
    [[started, step(1), step(5), resumed(1), step(2), resumed(4), step(5)]],
    [[started, step(1), { ...started, seq: 0 }, step(1), resumed(0), step(1)]],
    [[started, { ...step(1), note: 'run_resumed' }, step(2)]],
  ])('are what effectiveEvents leaves of %j', (events) => {
    const folder = folderWith(events);
    expect([...effectiveSlices(folder)].flatMap((slice) => slice.events)).toEqual(
      effectiveEvents(readEvents(folder).events),
    );
  });
});

describe('curves.jsonl', () => {
  const many = [started, ...Array.from({ length: 20_000 }, (_, i) => step(i + 1, Math.sin(i)))];
  const wanted = new Set(['training loss']);

  it('is not made of few events', () => {
    const folder = folderWith([started, step(1)]);
    keepCurves(folder);
    expect(existsSync(path.join(folder, 'curves.jsonl'))).toBe(false);
  });

  it('tells what the events tell', () => {
    const folder = folderWith(many);
    keepCurves(folder);
    const kept = readKeptCurves(folder, wanted)!;
    const read = new History();
    for (const event of effectiveEvents(readEvents(folder).events)) read.take(event);
    expect(kept.offset).toBe(statSync(path.join(folder, 'events.jsonl')).size);
    expect(kept.history.facts).toEqual(read.facts);
    expect([...kept.history.quantities]).toEqual([...read.quantities]);
    expect([...kept.history.curves.keys()]).toEqual(['training loss']);
    const loss = ({ curves }: History) => curves.get('training loss')!.points('time', 0.9, 900);
    expect(loss(kept.history)).toEqual(loss(read));
  });

  it('counts as long as the events that it covers are there', () => {
    const folder = folderWith(many);
    keepCurves(folder);
    const events = path.join(folder, 'events.jsonl');
    appendFileSync(events, `${JSON.stringify({ seq: many.length, time, ...step(20_001) })}\n`);
    expect(readKeptCurves(folder, wanted)?.offset).toBeLessThan(statSync(events).size);
    truncateSync(events, 1_000_000);
    expect(readKeptCurves(folder, wanted)).toBeUndefined();
  });

  it.each([
    ['another version', (text: string) => text.replace('"format":1', '"format":2')],
    ['half a file', (text: string) => text.slice(0, 40)],
    ['other events', (text: string) => text.replace('"seq":20000', '"seq":19999')],
  ])('is not used when it is of %s', (_name, spoil) => {
    const folder = folderWith(many);
    keepCurves(folder);
    const file = path.join(folder, 'curves.jsonl');
    writeFileSync(file, spoil(readFileSync(file, 'utf8')));
    expect(readKeptCurves(folder, wanted)).toBeUndefined();
  });
});
