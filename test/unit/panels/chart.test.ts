/** What the live page decides of its charts without drawing them. Expected values by hand. */
import { describe, expect, it } from 'vitest';
import { liveViewState } from '../../../client/panels/viewState';
import {
  align,
  type Columns,
  isSame,
  panned,
  readingsAt,
  type Scaling,
  xRange,
  yRange,
  zoomedAround,
} from '../../../client/webview/live/chartData';
import type { Line } from '../../../client/webview/live/lines';
import type { ShownRun } from '../../../client/webview/live/model';
import { bestOf, inSight } from '../../../client/webview/live/ranking';
import { remarkOn } from '../../../client/webview/live/remarks';

const plain: Scaling = { logX: false, logY: false, clip: false };
const line = (label: string, x: number[], values: number[], more: Partial<Line> = {}): Line => ({
  label,
  index: 0,
  x,
  steps: x,
  values,
  points: false,
  marks: [],
  ...more,
});

it.each([
  [
    'equal columns',
    [
      [1, 2],
      [3, null],
    ],
    true,
  ],
  [
    'a step more',
    [
      [1, 2, 3],
      [3, null, 4],
    ],
    false,
  ],
  [
    'another value',
    [
      [1, 2],
      [3, 5],
    ],
    false,
  ],
  [
    'a line more',
    [
      [1, 2],
      [3, null],
      [1, 1],
    ],
    false,
  ],
])('what is drawn is the same: %s', (_, columns, same) => {
  expect(
    isSame(columns as Columns, [
      [1, 2],
      [3, null],
    ]),
  ).toBe(same);
});

describe('align', () => {
  it('gives all lines one x column, raw columns before their own, and null where there is nothing to draw', () => {
    const lines = [line('a', [1, 3], [5, Number.NaN], { raw: [6, 7] }), line('b', [2], [9])];
    expect(align(lines, plain)).toEqual([
      [1, 2, 3],
      [6, null, 7],
      [5, null, null],
      [null, 9, null],
    ]);
  });

  it('leaves out of logarithmic axes what has no logarithm', () => {
    const lines = [line('a', [0, 1, 2], [1, 0, 4])];
    expect(align(lines, { ...plain, logX: true, logY: true })).toEqual([
      [1, 2],
      [null, 4],
    ]);
  });
});

describe('ranges', () => {
  const many = Array.from({ length: 200 }, (_, i) => i);
  const spiky = line(
    'a',
    many,
    many.map((i) => (i === 50 ? 1e6 : i % 10)),
  );
  it.each<[string, Line[], Partial<Scaling>, object | undefined, [number, number]]>([
    ['some room around all values', [line('a', [1, 2], [0, 100])], {}, undefined, [-6, 106]],
    [
      'faint raw values too, unless outliers are clipped',
      [line('a', [1], [5], { raw: [105] })],
      {},
      undefined,
      [-1, 111],
    ],
    ['a curve that has not moved', [line('a', [1], [5])], {}, undefined, [4.5, 5.5]],
    ['nothing', [], {}, undefined, [0, 1]],
    ['an outlier, clipped', [spiky], { clip: true }, undefined, [-0.54, 9.54]],
    ['a logarithmic axis on round numbers', [line('a', [1, 2], [0.23, 45])], { logY: true }, undefined, [0.2, 50]],
    ['what the user zoomed to', [spiky], {}, { y: [2, 3] }, [2, 3]],
  ])('of values: %s', (_what, lines, scaling, zoom, [low, high]) => {
    const found = yRange(lines, { ...plain, ...scaling }, zoom);
    expect(found[0]).toBeCloseTo(low, 10);
    expect(found[1]).toBeCloseTo(high, 10);
  });

  it.each([
    [[1, 5, 9], undefined, [1, 9]],
    [[4], undefined, [3.5, 4.5]],
    [[1, 9], { x: [2, 3] as [number, number] }, [2, 3]],
  ])('of x %j zoomed to %j', (x, zoom, expected) => {
    expect(xRange([x], plain, zoom)).toEqual(expected);
  });

  it('zooms by the keyboard around a place', () => {
    expect(zoomedAround([0, 100], 20, 0.5)).toEqual([10, 60]);
    expect(zoomedAround([10, 60], 20, 2)).toEqual([0, 100]);
    expect(panned([10, 60], 0.1, false)).toEqual([15, 65]);
    // a logarithmic axis has no place below its first
    expect(panned([1, 100], -0.5, true)).toEqual([0.1, 10]);
  });
});

it('reads every run at a place, the highest first: a score holds until the next, a curve that ended says nothing', () => {
  const lines = [
    line('ended', [1, 2], [9, 8]),
    line('low', [1, 2, 4], [1, 2, 3]),
    line('score', [2], [7], { points: true }),
    line('later', [9], [1]),
  ];
  expect(readingsAt(lines, 3).map(({ line: { label }, value }) => [label, value])).toEqual([
    ['score', 7],
    ['low', 2],
  ]);
});

describe('ranking', () => {
  const run = (id: string, ...raw: number[]): ShownRun =>
    ({ run: id, index: 0, curves: [{ raw: [] }, { raw }] }) as unknown as ShownRun;
  const runs = [run('a', 0.2, 0.5), run('b', 0.4), run('c'), run('d', 0.1)];

  it.each([
    ['validation exact_match', 0.5],
    ['validation loss', 0.2],
  ])('best of %s', (quantity, best) => expect(bestOf(runs[0]!, 1, quantity)).toBe(best));

  it.each<[string, object, string]>([
    ['validation exact_match', {}, 'abcd'],
    ['validation exact_match', { top: 2 }, 'ab'],
    ['validation loss', { top: 2 }, 'ad'],
    ['validation exact_match', { top: 2, hidden: ['a'] }, 'bd'],
    ['validation exact_match', { top: 9 }, 'abcd'],
  ])('by %s with %j draws %s', (quantity, view, expected) => {
    const drawn = inSight(runs, liveViewState(view), quantity);
    expect(drawn.map((one) => one.run).join('')).toBe(expected);
  });
});

describe('remarkOn', () => {
  const curve = (value: (i: number) => number, n = 60) => {
    const steps = Array.from({ length: n }, (_, i) => i + 1);
    return { x: steps, steps, raw: steps.map(value), smooth: steps.map(value) };
  };
  it.each<[string, (i: number) => number, RegExp | undefined]>([
    ['a falling loss', (i) => 10 / i, undefined],
    ['one that rises over its start', (i) => (i < 20 ? 5 - i / 10 : 3 + i), /rises: lowest 3.1 at step 19, now 63/],
    ['one that stands still', (i) => Math.max(2, 10 - i), /has not fallen since step 8: lowest 2 at step 8, now 2/],
  ])('%s', (_what, value, expected) => {
    if (expected) expect(remarkOn(curve(value))).toMatch(expected);
    else expect(remarkOn(curve(value))).toBeUndefined();
  });

  it('says nothing of a beginning', () => expect(remarkOn(curve((i) => i, 10))).toBeUndefined());
});
