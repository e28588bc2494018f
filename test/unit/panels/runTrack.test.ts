import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LiveChoice, ToLivePage } from '../../../client/panels/protocol';
import { maximumPoints, RunTrack } from '../../../client/panels/runTrack';
import type { RunSummary } from '../../../client/runs/store';

let folder: string;
let seq: number;
const time = '2024-06-01T10:00:00.000Z';
const now = () => Date.parse(time) + 2_000;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'track-'));
  seq = 0;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const line = (event: object) => `${JSON.stringify({ seq: seq++, time, ...event })}\n`;
const write = (...events: object[]) => appendFileSync(path.join(folder, 'events.jsonl'), events.map(line).join(''));
const started = { type: 'run_started', run: 'r', total_steps: 10, trainable: 1 };
const step = (n: number, loss = n) => ({ type: 'step', step: n, loss, learning_rate: 0.1 });
const validation = (n: number, value: number) => ({
  type: 'evaluation',
  step: n,
  split: 'validation',
  role: 'validation',
  metrics: { exact_match: { value, n: 4 } },
});

function summary(state: RunSummary['state'] = 'running', created = time): RunSummary {
  const manifest = { model: 'm', task: 'vqa', method: 'lora', seed: 0, created } as RunSummary['manifest'];
  return { id: 'r', folder, state, manifest, progress: { step: 0, totalSteps: 10 } } as RunSummary;
}

const choice: LiveChoice = { quantities: [undefined, undefined], axis: 'step', smoothing: 0 };
const shown = ['training loss', 'validation exact_match'];

const readAll = (track: RunTrack, summed = summary()) => {
  for (const _ of track.read(summed));
};
/** A track that has read, and been told whole or on. */
const tracked = (more: Partial<LiveChoice> = {}) => new RunTrack(folder, { ...choice, ...more }, now);
const whole = (track: RunTrack, summed = summary()) => {
  readAll(track, summed);
  return track.whole(summed, shown);
};
const newsOf = (track: RunTrack, summed = summary()) => {
  readAll(track, summed);
  return track.news(summed, shown);
};

/** What a message says about the loss curve. */
function told(message: ToLivePage) {
  if (message.type === 'run') return { type: 'run', steps: [...message.data.curves[0]!.steps] };
  if (message.type === 'points') return { type: 'points', steps: [...message.curves[0]!.steps] };
  throw new Error(`unexpected ${message.type}`);
}

describe('RunTrack', () => {
  it('tells all once, then only what is new', () => {
    write(started, step(1), validation(1, 0.25));
    const track = tracked();
    const { curves, status } = whole(track);
    expect(curves.map(({ steps, raw }) => [[...steps], [...raw]])).toEqual([
      [[1], [1]],
      [[1], [0.25]],
    ]);
    expect(status.lastEventAgeMs).toBe(2_000);
    write(step(2), step(3), validation(3, 0.5));
    const news = newsOf(track);
    expect(told(news)).toEqual({ type: 'points', steps: [2, 3] });
    expect(news.type === 'points' && [...news.curves[1]!.steps]).toEqual([3]);
    expect(told(newsOf(track))).toEqual({ type: 'points', steps: [] });
  });

  it('holds half a line back until it is whole', () => {
    write(started, step(1));
    const track = tracked();
    whole(track);
    const text = line(step(2));
    appendFileSync(path.join(folder, 'events.jsonl'), text.slice(0, 20));
    expect(told(newsOf(track))).toEqual({ type: 'points', steps: [] });
    appendFileSync(path.join(folder, 'events.jsonl'), text.slice(20));
    expect(told(newsOf(track))).toEqual({ type: 'points', steps: [2] });
  });

  it('takes back what a resume made void, and marks the place', () => {
    write(started, step(1), step(2), step(3), validation(3, 0.5));
    const track = tracked();
    whole(track);
    write({ type: 'run_resumed', from_step: 1 }, step(2));
    const news = newsOf(track);
    expect(told(news)).toEqual({ type: 'run', steps: [1, 2] });
    expect(news.type === 'run' && [...news.data.curves[1]!.raw]).toEqual([]);
    expect(news.type === 'run' && news.data.marks).toMatchObject([{ kind: 'resumed', x: 1 }]);
  });

  it('reads a resumed run that it meets for the first time without its void events', () => {
    write(started, step(1), step(2), { type: 'run_resumed', from_step: 1 }, step(2, 9));
    expect([...whole(tracked()).curves[0]!.raw]).toEqual([1, 9]);
  });

  it.each([{ longer: true }, { longer: false }])(
    'never takes the curve of a deleted run for that of the new one (longer: $longer)',
    ({ longer }) => {
      write(started, step(1), step(2));
      const track = tracked();
      whole(track);
      seq = 0;
      const events = [started, ...Array.from({ length: longer ? 6 : 1 }, (_, i) => step(i + 1, 7))];
      writeFileSync(path.join(folder, 'events.jsonl'), events.map(line).join(''));
      expect(told(newsOf(track, summary('running', now().toString())))).toEqual({
        type: 'run',
        steps: longer ? [1, 2, 3, 4, 5, 6] : [1],
      });
    },
  );

  it('sends the thinned-out curve anew when a page has gathered too much', () => {
    write(started);
    const track = tracked();
    whole(track);
    write(...Array.from({ length: 2 * maximumPoints + 1 }, (_, i) => step(i + 1)));
    const news = newsOf(track);
    expect(news.type).toBe('run');
    expect(told(news).steps.length).toBeLessThanOrEqual(maximumPoints);
  });

  it('knows whatever is logged, keeps what is asked for, and smooths no scores', () => {
    write(
      { ...started, steps_per_epoch: 2 },
      { ...step(1), gradient_norm: 3, seconds: 5 },
      step(2, 8),
      validation(2, 0.5),
    );
    write(validation(3, 1));
    const track = tracked({ quantities: ['training gradient_norm', undefined], axis: 'epoch', smoothing: 0.9 });
    readAll(track);
    expect([...track.quantities]).toEqual([
      'training loss',
      'training learning_rate',
      'training gradient_norm',
      'validation exact_match',
    ]);
    const { curves } = track.whole(summary(), ['training gradient_norm', 'validation exact_match']);
    expect(curves.map(({ x, smooth }) => [[...x], [...smooth]])).toEqual([
      [[0.5], [expect.closeTo(3)]],
      [
        [1, 1.5],
        [0.5, 1],
      ],
    ]);
  });

  it('serves another choice from what it has kept, and says when it cannot', () => {
    write({ ...started, steps_per_epoch: 2 }, { ...step(1), gradient_norm: 3 }, validation(1, 0.5));
    const track = tracked();
    whole(track);
    expect(track.choose({ quantities: ['training gradient_norm', undefined], axis: 'step', smoothing: 0 })).toBe(false);
    expect(
      track.choose({ quantities: ['validation exact_match', 'training later'], axis: 'epoch', smoothing: 0 }),
    ).toBe(true);
    write({ ...step(2), later: 7 });
    readAll(track);
    const { curves } = track.whole(summary(), ['validation exact_match', 'training later']);
    expect(curves.map(({ x, raw }) => [[...x], [...raw]])).toEqual([
      [[0.5], [0.5]],
      [[1], [7]],
    ]);
  });

  it('marks where a run failed or warned, at the last step where they do not say', () => {
    write(started, { ...step(4), seconds: 7 }, { type: 'warning', code: 'MP4006', message: 'did not move', step: 2 });
    write({ type: 'run_failed', code: 'MP4005', message: 'not finite' });
    expect(whole(tracked(), summary('failed')).marks.map(({ kind, x }) => [kind, x])).toEqual([
      ['warning', 2],
      ['failed', 4],
    ]);
    expect(whole(tracked({ axis: 'time' }), summary('failed')).marks.at(-1)?.x).toBe(7);
  });

  it.each([
    {
      state: 'failed',
      events: [{ type: 'run_failed', code: 'MP4005', message: 'NaN', hint: 'lower it' }],
      code: 'MP4005',
    },
    { state: 'interrupted', events: [], code: 'MP4008' },
    { state: 'running', events: [{ type: 'warning', code: 'MP4006', message: 'did not move' }], code: 'MP4006' },
    { state: 'running', events: [], code: undefined },
  ] as const)('says why a $state run stands as it stands: $code', ({ state, events, code }) => {
    write(started, ...events);
    expect(whole(tracked(), summary(state)).status.notice?.code).toBe(code);
  });
});
