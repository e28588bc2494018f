import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { LiveSession } from '../../../client/panels/liveSession';
import type { LiveChoice, ToLivePage } from '../../../client/panels/protocol';
import type { FollowedRun } from '../../../client/panels/runTrack';
import { liveViewState } from '../../../client/panels/viewState';
import { temporaryFolder } from '../runs/fixture';

const time = '2026-01-01T00:00:00.000Z';
const started = { type: 'run_started', run: 'r', total_steps: 9, trainable: 1 };
const step = (n: number) => ({ type: 'step', step: n, loss: n, learning_rate: 0.1 });
const score = (n: number) => ({
  type: 'evaluation',
  step: n,
  role: 'validation',
  split: 'validation',
  metrics: { exact_match: { value: 0.5, n: 4 } },
});
const choice: LiveChoice = { quantities: [undefined, undefined], axis: 'step', smoothing: 0 };

/** Run folders, and a session that follows them. */
function bench(names: readonly string[]) {
  const dir = temporaryFolder();
  const told: ToLivePage[] = [];
  const problems: string[] = [];
  const next = new Map<string, number>();
  const write = (name: string, ...events: object[]) => {
    for (const event of events) {
      const seq = next.get(name) ?? 0;
      next.set(name, seq + 1);
      appendFileSync(path.join(dir, name, 'events.jsonl'), `${JSON.stringify({ seq, time, ...event })}\n`);
    }
  };
  const run = (name: string): FollowedRun => ({
    id: name,
    folder: path.join(dir, name),
    state: 'running',
    progress: { step: 0, totalSteps: 9 },
    manifest: { model: 'm', task: 't', method: name, seed: 0, created: time },
  });
  for (const name of names) {
    mkdirSync(path.join(dir, name));
    write(name, started, step(1));
  }
  const session = new LiveSession(
    (message) => told.push(message),
    (error) => problems.push(error.message),
  );
  const shown = (some: readonly string[]) => ({ label: 'spec', runs: some.map(run) });
  return {
    dir,
    write,
    told,
    problems,
    begin: () => session.begin(liveViewState({}), choice, shown(names)),
    change: (some: readonly string[], changed: readonly string[]) =>
      session.change(
        shown(some),
        changed.map((name) => path.join(dir, name)),
      ),
    /** What was told since the last time, and of which run. */
    heard: () =>
      told
        .splice(0)
        .map((message) =>
          message.type === 'points'
            ? `points ${message.run} ${message.curves[0]!.steps.join(' ')}`
            : message.type === 'run'
              ? `run ${message.data.run}`
              : message.type === 'gone'
                ? `gone ${message.run}`
                : message.type,
        ),
  };
}

describe('LiveSession', () => {
  it('tells all, then what is new of what changed', async () => {
    const { begin, change, write, heard } = bench(['a', 'b']);
    await begin();
    expect(heard()).toEqual(['hydrate']);
    write('a', step(2), step(3));
    write('b', step(2));
    await change(['a', 'b'], ['a']);
    expect(heard()).toEqual(['points a 2 3']);
  });

  it('tells all again when something is measured that the page does not know of', async () => {
    const { begin, change, write, heard } = bench(['a']);
    await begin();
    heard();
    write('a', score(1));
    await change(['a'], ['a']);
    expect(heard()[0]).toBe('hydrate');
  });

  it('takes away a run whose folder was deleted in mid-run, and goes on with the others', async () => {
    const { dir, begin, change, write, heard, problems } = bench(['a', 'b']);
    await begin();
    heard();
    rmSync(path.join(dir, 'a'), { recursive: true });
    write('b', step(2));
    await change(['b'], ['a', 'b']);
    expect(heard()).toEqual(['gone a', 'points b 2']);
    expect(problems).toEqual([]);
  });

  it('does not lose what changes while it reads', async () => {
    const { begin, change, write, heard } = bench(['a']);
    const reading = begin();
    write('a', step(2));
    await change(['a'], ['a']);
    await reading;
    write('a', step(3));
    await change(['a'], ['a']);
    expect(heard().at(-1)).toBe('points a 3');
  });

  it('says what it cannot read, and shows the others', async () => {
    const { dir, begin, heard, problems } = bench(['a', 'b']);
    rmSync(path.join(dir, 'a', 'events.jsonl'));
    mkdirSync(path.join(dir, 'a', 'events.jsonl'));
    await begin();
    expect(problems[0]).toMatch(/it is a folder/);
    expect(heard()[0]).toBe('hydrate');
  });

  it('reads a line of 10 MB, a torn last one, and hostile names', async () => {
    const { dir, begin, told, problems } = bench(['<img src=x onerror=alert(1)>\u202e']);
    const name = '<img src=x onerror=alert(1)>\u202e';
    const long = {
      seq: 2,
      time,
      type: 'warning',
      code: 'MP4006',
      message: '\u001b[31m<img onerror=x>'.repeat(500_000),
    };
    writeFileSync(
      path.join(dir, name, 'events.jsonl'),
      [
        ...[{ seq: 0, time, ...started }, { seq: 1, time, ...step(1) }, long, { seq: 3, time, ...step(2) }].map(
          (event) => JSON.stringify(event),
        ),
        '{"seq":4,"ti',
      ].join('\n'),
    );
    await begin();
    expect(told).toMatchObject([{ type: 'hydrate', runs: [{ method: name }] }]);
    const [data] = told[0]?.type === 'hydrate' ? told[0].runs : [];
    expect([...data!.curves[0]!.raw]).toEqual([1, 2]);
    // said with every change: nobody reads ten megabytes
    expect(JSON.stringify(data!.marks).length).toBeLessThan(5_000);
    expect(problems).toEqual([]);
  });
});
