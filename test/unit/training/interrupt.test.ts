/** Stopping within a step, and telling how far a long one is. */
import { describe, expect, it } from 'vitest';
import { Interrupted, pulse } from '../../../runner/training/interrupt';
import { attempt, checkpoints, curve, delta, events, newFolder } from './attempt';
import type { Bend } from './fake';

describe('a run that is interrupted within a step', () => {
  it('ends at the step before, with a checkpoint, and goes on to the same bytes', async () => {
    const [whole, stopped] = [newFolder(), newFolder()];
    await attempt(whole);
    let interrupted = false;
    const bend: Bend = {
      onGradient(call) {
        if (call !== 7) return;
        interrupted = true;
        throw new Interrupted();
      },
    };
    expect(await attempt(stopped, { bend, stop: () => interrupted })).toBe('cancelled');
    expect(events(stopped).at(-1)).toMatchObject({ type: 'run_cancelled', step: 7 });
    expect(checkpoints(stopped)).toContain('step-000007.safetensors');
    expect(await attempt(stopped)).toBe('finished');
    expect(curve(stopped)).toEqual(curve(whole));
    expect(delta(stopped)).toBe(delta(whole));
  });

  it('ends while it answers, too', async () => {
    const folder = newFolder();
    let interrupted = false;
    const bend: Bend = {
      onAnswer() {
        interrupted = true;
        throw new Interrupted();
      },
    };
    // answers are first asked for after five steps
    expect(await attempt(folder, { bend, stop: () => interrupted })).toBe('cancelled');
    expect(events(folder).at(-1)).toMatchObject({ type: 'run_cancelled', step: 5 });
    expect(events(folder).some(({ type }) => type === 'evaluation')).toBe(false);
  });
});

describe('between blocks', () => {
  /** Blocks of passes of ten, so many milliseconds each. */
  function passes(count: number, msPerBlock: number, stopAt = Number.POSITIVE_INFINITY) {
    let time = 0;
    const told: (string | undefined)[] = [];
    const between = pulse(
      () => time >= stopAt,
      (doing) => told.push(doing),
      () => time,
    );
    for (let pass = 0; pass < count; pass++)
      for (let block = 0; block < 10; block++, time += msPerBlock) between(block, 10);
    return told;
  }

  it.each([
    ['a long pass tells how far it is, and its end', 2, 2000, [4, 5, 6, 7, 8, 9, 10, undefined, 4, 5, 6, 7, 8, 9, 10]],
    ['short ones tell nothing', 100, 100, []],
  ])('%s', (_, count, ms, blocks) => {
    expect(passes(count, ms)).toEqual(blocks.map((block) => block && `block ${block} of 10`));
  });

  it('the next block ends the pass when the run is to stop', () => {
    expect(() => passes(1, 2000, 5000)).toThrow(Interrupted);
    expect(() => passes(1, 2000, 30_000)).not.toThrow();
    // ended by its end: nobody asks so often
    expect(() => passes(1, 20, 100)).not.toThrow();
  });
});
