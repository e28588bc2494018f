import { describe, expect, it } from 'vitest';
import type { LiveRun, LiveStatus } from '../../../client/panels/protocol';
import { liveViewState } from '../../../client/panels/viewState';
import { LiveModel, labelOf } from '../../../client/webview/live/model';
import { summaryOf } from '../../../client/webview/live/summary';

const status = (state: LiveStatus['state'], more: Partial<LiveStatus> = {}): LiveStatus => ({
  state,
  step: 1,
  totalSteps: 10,
  ...more,
});
const points = (...steps: number[]) => ({
  x: Float64Array.from(steps),
  steps: Float64Array.from(steps),
  raw: Float64Array.from(steps),
  smooth: Float64Array.from(steps),
});
const run = (id: string, more: Partial<LiveRun> = {}): LiveRun => ({
  run: id,
  model: 'm',
  task: 'vqa',
  method: id,
  seed: 0,
  status: status('running'),
  curves: [points(1, 2), points()],
  marks: [],
  ...more,
});
const view = liveViewState({});
const hydrate = (...runs: LiveRun[]) => ({
  type: 'hydrate' as const,
  view,
  title: '',
  quantities: [],
  shown: ['', ''] as [string, string],
  runs,
});

describe('LiveModel', () => {
  it('appends points to their own run and ignores those of a run it does not show', () => {
    const model = new LiveModel(() => 0);
    model.apply(hydrate(run('a'), run('b')));
    model.apply({ type: 'points', run: 'b', curves: [points(3), points()], marks: [], status: status('running') });
    model.apply({ type: 'points', run: 'old', curves: [points(9), points()], marks: [], status: status('running') });
    expect(model.list().map(({ run, curves }) => [run, curves[0]!.steps])).toEqual([
      ['a', [1, 2]],
      ['b', [1, 2, 3]],
    ]);
  });

  it('replaces the curve of a run that is told anew, and keeps its colour', () => {
    const model = new LiveModel(() => 0);
    model.apply(hydrate(run('a'), run('b')));
    model.apply({ type: 'gone', run: 'a' });
    model.apply({ type: 'run', data: run('b', { curves: [points(1), points()] }) });
    expect(model.list().map(({ run, curves, index }) => [run, curves[0]!.steps, index])).toEqual([['b', [1], 1]]);
  });

  it('tells a change of state once, with its reason', () => {
    const model = new LiveModel(() => 0);
    expect(model.apply(hydrate(run('a')))).toEqual([]);
    const failed = status('failed', { notice: { code: 'MP4005', message: 'the loss is NaN' } });
    const message = { type: 'points' as const, run: 'a', curves: [points(), points()], marks: [], status: failed };
    expect(model.apply(message)).toEqual(['a failed: the loss is NaN']);
    expect(model.apply(message)).toEqual([]);
  });

  it('lets the age of the last event grow by its own clock', () => {
    let now = 1_000;
    const model = new LiveModel(() => now);
    model.apply(hydrate(run('a', { status: status('running', { lastEventAgeMs: 500 }) })));
    now = 3_000;
    expect(model.silence(model.list()[0]!)).toBe(2.5);
  });

  it('names runs by what tells them apart', () => {
    const model = new LiveModel(() => 0);
    model.apply(
      hydrate(
        run('m--vqa--lora--seed0--aa', { method: 'lora' }),
        run('m--vqa--lora--seed1--bb', { method: 'lora', seed: 1 }),
        run('m--vqa--lora--seed1--cc', { method: 'lora', seed: 1 }),
      ),
    );
    const all = model.list();
    expect(all.map((one) => labelOf(one, all))).toEqual(['lora, seed 0', 'lora, seed 1 (bb)', 'lora, seed 1 (cc)']);
  });

  it('sums all runs up in one line', () => {
    const model = new LiveModel(() => 0);
    const silence = () => 3;
    expect(summaryOf(model.list(), silence)).toMatch(/^No run yet/);
    model.apply(
      hydrate(run('a', { status: status('finished') }), run('b', { status: status('running', { secondsLeft: 65 }) })),
    );
    expect(summaryOf(model.list(), silence)).toBe(
      '2 runs: 1 running, 1 finished; about 1 min 5 s left in what runs now; last event 3 s ago',
    );
  });
});
