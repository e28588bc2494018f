/** Which changes on disk have a spec planned again: of what a run writes only its beginning and its end. */
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { loadSpec } from '../../runner/spec';
import { isObject } from '../../schemas/json';
import type { SpecDocument } from '../../server/documents';
import { followFiles } from '../../server/plans/follow';
import { patience } from '../shared';
import { uriOf } from './client';
import { goodSpec, makeFixture } from './fixture';

function following() {
  const fixture = makeFixture();
  onTestFinished(fixture.dispose);
  const file = fixture.at('a.medpeft.json');
  const spec = loadSpec(file, { text: goodSpec });
  const section = (name: string) => isObject(spec.value) && spec.value[name];
  const document = { uri: uriOf(file), file, spec, section } as SpecDocument;
  const folder = fixture.at('runs/x');
  mkdirSync(folder, { recursive: true });
  let tell: (files: string[]) => void = () => {};
  const refreshed: string[] = [];
  const errors: string[] = [];
  followFiles({
    documents: { all: () => [document] },
    watched: {
      onChange: (listener) => {
        tell = listener;
      },
    },
    plans: { refresh: (uri) => void refreshed.push(uri) },
    log: { error: (line) => void errors.push(line) },
  });
  const events = path.join(folder, 'events.jsonl');
  return {
    folder,
    events,
    refreshed,
    errors,
    told: (name: string) => tell([path.join(folder, name)]),
    write: (...lines: object[]) => appendFileSync(events, lines.map((line) => `${JSON.stringify(line)}\n`).join('')),
  };
}

it.each([
  ['manifest.json', 1],
  ['result.json', 1],
  ['predictions/test.jsonl', 0],
  ['curves.jsonl', 0],
])('%s has a spec planned again %i times', (name, times) => {
  const { told, refreshed } = following();
  told(name);
  expect(refreshed).toHaveLength(times);
});

it('thousands of events have it planned again when they begin and when they end, and when the run goes on', async () => {
  const { told, write, refreshed, errors, events } = following();
  const seen = async (times: number) => vi.waitFor(() => expect(refreshed).toHaveLength(times), patience);
  write({ seq: 0, type: 'run_started' });
  told('events.jsonl');
  await seen(1);
  for (let step = 1; step <= 1000; step++) {
    write({ seq: step, type: 'step', step });
    told('events.jsonl');
  }
  // an end that came while it was being looked at is not missed
  write({ seq: 1001, type: 'run_failed', code: 'MP4008', message: 'a "type":"step" of long words '.repeat(200) });
  told('events.jsonl');
  await seen(2);
  write({ seq: 1002, type: 'run_resumed' });
  told('events.jsonl');
  await seen(3);
  write({ seq: 1003, type: 'run_cancelled' });
  told('events.jsonl');
  await seen(4);
  rmSync(events);
  told('events.jsonl');
  await seen(5);
  writeFileSync(events, '');
  told('events.jsonl');
  expect(errors).toEqual([]);
});
