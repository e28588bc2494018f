import { describe, expect, it } from 'vitest';
import { showProgress } from '../../../runner/cli/progress';
import type { NewEvent, RunEvent } from '../../../runner/runs';
import { bytes, duration } from '../../../runner/text';
import { fakeRun } from '../training/fake';

const event = (fields: NewEvent) => ({ seq: 0, time: '', ...fields }) as RunEvent;
const step = (n: number) =>
  event({ type: 'step', step: n, loss: 0.5, learning_rate: 1, items_per_second: 12.34, seconds_left: 75 });

function show(
  columns: number | undefined,
  play: (p: ReturnType<typeof showProgress>, tick: (ms: number) => void) => void,
) {
  let text = '';
  let now = 0;
  const progress = showProgress({ write: (part) => (text += part), columns }, () => now);
  play(progress, (ms) => (now += ms));
  return text;
}

const head = 'run 1/2 fake vqa all seed 0';
const line = `${head}: step 3/9, loss 0.500, 12.3 items/s, 1 min 15 s left`;
const started = event({ type: 'run_started', run: 'r', total_steps: 9, trainable: 1 });
const scored = event({
  type: 'evaluation',
  step: 3,
  split: 'validation',
  role: 'validation',
  metrics: { exact_match: { value: 0.25, n: 4 } },
  best: true,
});

describe('the progress line', () => {
  it('is rewritten on a terminal, and makes room for what stays', () => {
    const text = show(200, (progress) => {
      const { event: tell } = progress.run(fakeRun('/'), 1, 2);
      for (const one of [started, step(3), scored]) tell(one);
    });
    expect(text).toBe(
      `\r\u001b[K${head}: opening model and data\r\u001b[K${line}\r\u001b[K${head}: validation after 3 steps: exact_match 25.0 % (best so far)\n`,
    );
  });

  it('never wraps', () => {
    const text = show(20, (progress) => void progress.run(fakeRun('/'), 1, 2));
    expect(text).toBe(`\r\u001b[K${`${head}: opening`.slice(0, 19)}`);
  });

  it('is a line every few seconds elsewhere', () => {
    const text = show(undefined, (progress, tick) => {
      const { event: tell } = progress.run(fakeRun('/'), 1, 2);
      tell(started);
      tell(step(2));
      tick(5_000);
      tell(step(3));
      tell(step(4));
    });
    expect(text).toBe(`${head}: opening model and data\n${line}\n`);
  });
});

describe('while several runs go on', () => {
  const later = { ...fakeRun('/'), steps: 30 };
  const lossy = (n: number, loss: number) =>
    event({ type: 'step', step: n, loss, learning_rate: 1, items_per_second: 1, seconds_left: 10 });

  it('the loss is the mean of the last 20 steps', () => {
    const text = show(200, (progress) => {
      const { event: tell } = progress.run({ ...fakeRun('/'), steps: 40 }, 1, 1);
      for (let n = 1; n <= 30; n++) tell(lossy(n, n <= 10 ? 100 : n % 2));
    });
    expect(text.endsWith('step 30/40, loss 0.500, 1.0 items/s, 10 s left')).toBe(true);
  });

  it('the time of those to come is their steps at the pace so far', () => {
    const text = show(200, (progress, tick) => {
      const { event: tell } = progress.run({ ...fakeRun('/'), steps: 9 }, 1, 2, { later: [later], atOnce: 1 });
      tick(9_000);
      tell(lossy(1, 1));
      tick(2_000);
      tell(lossy(2, 1));
    });
    // the first step paid for opening model and data: it says nothing of the pace
    expect(text).toContain('step 1/9, loss 1.000, 1.0 items/s, 10 s left\r');
    // 10 s of this run, 9 s to open the next and its 30 steps of 2 s
    expect(text.endsWith('10 s left, 1 min 19 s for all runs')).toBe(true);
  });

  it('each says that it opens its data, also without a terminal, and a resumed one knows its steps', () => {
    const text = show(undefined, (progress, tick) => {
      progress.run(fakeRun('/'), 1, 2).end();
      const { event: tell } = progress.run({ ...fakeRun('/'), steps: 9 }, 2, 2);
      tell(event({ type: 'run_resumed', from_step: 4 }));
      tick(5_000);
      tell(lossy(5, 1));
      tell(event({ type: 'run_cancelled', step: 5 }));
    });
    const second = 'run 2/2 fake vqa all seed 0';
    expect(text.split('\n')).toEqual([
      `${head}: opening model and data`,
      `${second}: opening model and data`,
      `${second}: goes on after step 4`,
      `${second}: step 5/9, loss 1.000, 1.0 items/s, 10 s left`,
      `${second}: stopped after 5 steps; this goes on from there:`,
      '  medpeft resume /fake--vqa--all--seed0--0',
      '',
    ]);
  });
});

describe('of several runs at once', () => {
  const lora = { ...fakeRun('/'), methodName: 'lora', steps: 9 };

  it('a part each is shown, the loss its own, until it ends', () => {
    const text = show(300, (progress) => {
      const one = progress.run({ ...fakeRun('/'), steps: 9 }, 1, 2, { later: [lora], atOnce: 2 });
      const two = progress.run(lora, 2, 2, { later: [], atOnce: 2 });
      one.event(event({ type: 'step', step: 1, loss: 8, learning_rate: 1 }));
      two.event(event({ type: 'step', step: 2, loss: 4, learning_rate: 1 }));
      one.end();
      two.event(event({ type: 'step', step: 3, loss: 2, learning_rate: 1 }));
    });
    const drawn = text.split('\r\u001b[K');
    expect(drawn.at(-2)).toBe(`${head}: step 1/9, loss 8.000 | run 2/2 fake vqa lora seed 0: step 2/9, loss 4.000`);
    expect(drawn.at(-1)).toBe('run 2/2 fake vqa lora seed 0: step 3/9, loss 3.000');
  });

  it('the time of those to come is shared', () => {
    const text = show(300, (progress, tick) => {
      const one = progress.run(fakeRun('/'), 1, 3, { later: [{ ...lora, steps: 30 }], atOnce: 2 });
      for (const step of [1, 2]) {
        tick(2_000);
        one.event(event({ type: 'step', step, loss: 1, learning_rate: 1, seconds_left: 10 }));
      }
    });
    // 10 s of this run; 2 s and 30 steps of 2 s of the other, halved
    expect(text.endsWith('10 s left, 41 s for all runs')).toBe(true);
  });
});

describe('numbers', () => {
  it.each([
    [0.4, '0 s'],
    [59.6, '1 min 0 s'],
    [3599, '59 min 59 s'],
    [7800, '2 h 10 min'],
  ])('%d seconds', (seconds, text) => expect(duration(seconds)).toBe(text));
  it.each([
    [5e8, '500 MB'],
    [1.55e9, '1.6 GB'],
  ])('%d bytes', (count, text) => expect(bytes(count)).toBe(text));
});
