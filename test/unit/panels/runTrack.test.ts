import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { maximumPoints } from '../../../client/panels/curves';
import type { ToLivePage } from '../../../client/panels/protocol';
import { RunTrack } from '../../../client/panels/runTrack';
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

/** What a message says about the loss curve. */
function told(message: ToLivePage) {
  if (message.type === 'run') return { type: 'run', steps: [...message.data.loss.steps] };
  if (message.type === 'points') return { type: 'points', steps: [...message.loss.steps] };
  throw new Error(`unexpected ${message.type}`);
}

describe('RunTrack', () => {
  it('tells all once, then only what is new', () => {
    write(started, step(1), validation(1, 0.25));
    const track = new RunTrack(folder, now);
    const whole = track.whole(summary(), 0);
    expect([...whole.loss.steps]).toEqual([1]);
    expect(whole.evaluations).toMatchObject([{ step: 1, metrics: { exact_match: { value: 0.25 } } }]);
    expect(whole.status.lastEventAgeMs).toBe(2_000);
    write(step(2), step(3), validation(3, 0.5));
    const news = track.news(summary(), 0);
    expect(told(news)).toEqual({ type: 'points', steps: [2, 3] });
    expect(news.type === 'points' && news.evaluations.map(({ step }) => step)).toEqual([3]);
    expect(told(track.news(summary(), 0))).toEqual({ type: 'points', steps: [] });
  });

  it('holds half a line back until it is whole', () => {
    write(started, step(1));
    const track = new RunTrack(folder, now);
    track.whole(summary(), 0);
    const text = line(step(2));
    appendFileSync(path.join(folder, 'events.jsonl'), text.slice(0, 20));
    expect(told(track.news(summary(), 0))).toEqual({ type: 'points', steps: [] });
    appendFileSync(path.join(folder, 'events.jsonl'), text.slice(20));
    expect(told(track.news(summary(), 0))).toEqual({ type: 'points', steps: [2] });
  });

  it('takes back what a resume made void', () => {
    write(started, step(1), step(2), step(3), validation(3, 0.5));
    const track = new RunTrack(folder, now);
    track.whole(summary(), 0);
    write({ type: 'run_resumed', from_step: 1 }, step(2));
    const news = track.news(summary(), 0);
    expect(told(news)).toEqual({ type: 'run', steps: [1, 2] });
    expect(news.type === 'run' && news.data.evaluations).toEqual([]);
  });

  it('reads a resumed run that it meets for the first time without its void events', () => {
    write(started, step(1), step(2), { type: 'run_resumed', from_step: 1 }, step(2, 9));
    const { loss } = new RunTrack(folder, now).whole(summary(), 0);
    expect([...loss.raw]).toEqual([1, 9]);
  });

  it.each([{ longer: true }, { longer: false }])(
    'never takes the curve of a deleted run for that of the new one (longer: $longer)',
    ({ longer }) => {
      write(started, step(1), step(2));
      const track = new RunTrack(folder, now);
      track.whole(summary(), 0);
      seq = 0;
      const events = [started, ...Array.from({ length: longer ? 6 : 1 }, (_, i) => step(i + 1, 7))];
      writeFileSync(path.join(folder, 'events.jsonl'), events.map(line).join(''));
      expect(told(track.news(summary('running', now().toString()), 0))).toEqual({
        type: 'run',
        steps: longer ? [1, 2, 3, 4, 5, 6] : [1],
      });
    },
  );

  it('sends the thinned-out curve anew when a page has gathered too much', () => {
    write(started);
    const track = new RunTrack(folder, now);
    track.whole(summary(), 0);
    write(...Array.from({ length: 2 * maximumPoints + 1 }, (_, i) => step(i + 1)));
    const news = track.news(summary(), 0);
    expect(news.type).toBe('run');
    expect(told(news).steps.length).toBeLessThanOrEqual(maximumPoints);
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
    expect(new RunTrack(folder, now).whole(summary(state), 0).status.notice?.code).toBe(code);
  });
});
