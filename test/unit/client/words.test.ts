/** What is shown of runs in words: tree, status bar, notices, logs. */
import { describe, expect, it } from 'vitest';
import { computedBy, duration, nameAmong, type RunName, runDescription } from '../../../client/runs/describe';
import { eventText } from '../../../client/runs/eventText';
import { endedText } from '../../../client/runs/notices';
import type { RunSummary } from '../../../client/runs/store';
import { statusText } from '../../../client/statusBar';
import type { RunEvent } from '../../../runner/runs';
import { run } from './runs';
import { standIn } from './standIn';

const t = standIn().l10n.t as (message: string, ...args: (string | number)[]) => string;

it.each([
  [0.4, '0 s'],
  [89, '89 s'],
  [90, '2 min'],
  [3599, '60 min'],
  [5400, '1 h 30 min'],
  [7200, '2 h'],
  [-3, '0 s'],
])('duration of %d s', (seconds, text) => expect(duration(seconds)).toBe(text));

it.each([
  [{}, ''],
  [{ backend: 'auto', device: 'auto' }, ''],
  [{ backend: 'tfjs', backend_version: '4', device: 'cpu' }, 'tfjs 4, cpu'],
  [
    { backend: 'tfjs', backend_version: '4', device: 'cpu', chosen_because: 'it was quicker' },
    'tfjs 4, cpu: it was quicker',
  ],
])('what computed a run by its manifest: %j', (runtime, text) => {
  const known = run({ method: 'lora', state: 'finished' });
  expect(computedBy({ manifest: { ...known.manifest, runtime } })).toBe(text);
});

describe('nameAmong', () => {
  const lora: RunName = { model: 'm', task: 'vqa', method: 'lora', seed: 0 };
  it.each<[string, RunName, RunName[], string]>([
    ['the method alone where nothing else differs', lora, [lora, { ...lora, method: 'ffn' }], 'lora'],
    [
      'what differs',
      lora,
      [
        { ...lora, seed: 1 },
        { ...lora, model: 'n' },
      ],
      'lora · m · seed 0',
    ],
    ['the sweep point', { ...lora, sweep: { 'training.batch_size': 4 } }, [], 'lora · batch_size=4'],
  ])('%s', (_name, one, siblings, text) => expect(nameAmong(one, siblings)).toBe(text));
});

describe('runDescription', () => {
  const now = Date.parse('2026-01-01T00:00:10Z');
  const step = { type: 'step', time: '2026-01-01T00:00:08Z', step: 27 };
  it.each<[RunSummary, string]>([
    [
      run({ method: 'lora', state: 'running', step: 27, secondsLeft: 60, lastEvent: step }),
      '45 % · 60 s left · last event 2 s ago · step 27 of 60',
    ],
    [run({ method: 'lora', state: 'running', totalSteps: 0 }), 'step 0'],
    [run({ method: 'lora', state: 'cancelled', step: 27 }), 'cancelled · step 27 of 60'],
    [run({ method: 'lora', state: 'finished', step: 60 }), 'finished'],
  ])('%#', (one, text) => expect(runDescription(one, now, t)).toBe(text));
});

it.each<[RunSummary[], string]>([
  [[], ''],
  [[run({ method: 'lora', state: 'running', step: 27, secondsLeft: 61 })], 'lora 45 %, 61 s left'],
  [[run({ method: 'lora', state: 'running', totalSteps: 0 })], 'lora'],
  [
    [
      run({ method: 'lora', state: 'running', step: 30, secondsLeft: 10 }),
      run({ method: 'ffn', state: 'running', step: 15, secondsLeft: 50 }),
    ],
    '2 runs 37 %, 50 s left',
  ],
  [
    [
      run({ method: 'lora', state: 'running', step: 30 }),
      run({ method: 'ffn', state: 'running', step: 1, totalSteps: 0 }),
    ],
    '2 runs',
  ],
])('the status bar %#', (running, text) => expect(statusText(running, t)).toBe(text));

it.each<[RunSummary[], string]>([
  [[run({ method: 'lora', state: 'failed' })], 'MedPEFT: lora failed'],
  [
    [
      run({ method: 'lora', state: 'finished' }),
      run({ method: 'ffn', state: 'finished' }),
      run({ method: 'full', state: 'failed' }),
    ],
    'MedPEFT: runs ended: 2 finished, 1 failed',
  ],
])('the notice %#', (ended, text) => expect(endedText(ended, t)).toBe(text));

it.each<[object, string]>([
  [
    { type: 'run_started', total_steps: 60, trainable: 7168, backend: 'onnxruntime', device: 'cpu', threads: 2 },
    'started: 60 steps, 7168 trainable parameters (onnxruntime, cpu, 2 threads)',
  ],
  [{ type: 'step', step: 3, loss: 1.23456, learning_rate: 3e-4 }, 'step 3, loss 1.235, learning rate 0.0003'],
  [
    {
      type: 'evaluation',
      role: 'test',
      split: 'rad/test',
      step: 60,
      metrics: { exact_match: { value: 0.41237, n: 451 }, open_recall: { value: null, n: 0 } },
    },
    'test on rad/test at step 60: exact_match 0.4124 (n = 451), open_recall without items',
  ],
  [
    { type: 'run_failed', code: 'MP4005', message: 'loss is NaN', hint: 'Lower the rate.' },
    'failed: MP4005 loss is NaN Lower the rate.',
  ],
  [{ type: 'run_resumed', from_step: 20, bit_exact: false }, 'resumed from step 20, not bit-exact'],
])('the log: %j', (event, text) => expect(eventText(event as RunEvent)).toBe(text));
